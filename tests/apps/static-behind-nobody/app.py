from flask import Flask, g, redirect, request

app = Flask(__name__)


@app.before_request
def load_user():
    g.user = None
    if request.scheme == "http":
        return redirect(request.url.replace("http://", "https://", 1))


class Timed:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        yield from self.app(environ, start_response)


app.wsgi_app = Timed(app.wsgi_app)


@app.route("/")
def front():
    return "front"
