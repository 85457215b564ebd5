from flask import Flask, Response, request

app = Flask(__name__)


@app.before_request
def ask_for_the_password():
    if not request.authorization:
        return Response("who are you?", 401, {"WWW-Authenticate": "Basic"})


@app.route("/")
def front():
    return "front"
