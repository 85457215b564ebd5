from flask import Flask, redirect

app = Flask(__name__)


class Gate:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if environ.get("HTTP_COOKIE") or environ["PATH_INFO"] == "/login":
            return self.app(environ, start_response)
        return redirect("/login")(environ, start_response)


@app.route("/login")
def login():
    return "log in"


app.wsgi_app = Gate(app.wsgi_app)
