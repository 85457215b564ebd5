import os
import time

from flask import Flask

app = Flask(__name__)


@app.route("/")
def front():
    return "front"


@app.route("/about")
def about():
    return "about"


@app.errorhandler(404)
def look_up(error):
    time.sleep(float(os.environ.get("SLOW_UNKNOWN", "30")))
    return "not found", 404
