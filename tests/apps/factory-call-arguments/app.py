import bottle


def app(root):
    assert root == "packages"
    application = bottle.Bottle()
    application.route("/", "GET", lambda: root)
    application.route("/<name>", "GET", lambda name: name)
    return application
