from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

app = Flask(__name__)
app.config["APPLICATION_ROOT"] = "/shop"
app.wsgi_app = DispatcherMiddleware(NotFound(), {"/shop": app.wsgi_app})


@app.route("/")
def front():
    return "front"
