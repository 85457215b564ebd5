from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

front, api = Flask("front", static_folder=None), Flask("api", static_folder=None)
front.config["MAX_CONTENT_LENGTH"] = 5000
api.config["MAX_CONTENT_LENGTH"] = 9000
application = DispatcherMiddleware(front, {"/api": api})
