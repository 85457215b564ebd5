from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

front = Flask("front", static_folder="front_files", static_url_path="/static")
api = Flask("api", static_folder="api_files", static_url_path="/static")
application = DispatcherMiddleware(front, {"/api": api})
