import bottle

app = bottle.default_app()


@bottle.route("/ping")
def ping():
    return "pong"


@bottle.route("/<path:path>")
def anything(path):
    return "the wrong page"
