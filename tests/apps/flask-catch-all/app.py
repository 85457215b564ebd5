from flask import Flask

app = Flask(__name__)


@app.route("/")
def front():
    return "front"


@app.route("/<path:anything>")
def rest(anything):
    return "the wrong page"
