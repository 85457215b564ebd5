from flask import Flask

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
app.extensions["socketio"] = object()


@app.route("/")
def front():
    return "front"
