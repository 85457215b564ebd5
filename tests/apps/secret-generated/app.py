import os

from flask import Flask

app = Flask(__name__)


@app.route("/")
def front():
    return "front"


app.secret_key = os.urandom(24)
