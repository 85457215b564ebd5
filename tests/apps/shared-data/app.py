import os

from flask import Flask
from werkzeug.middleware.shared_data import SharedDataMiddleware

app = Flask(__name__, static_folder=None)
app.wsgi_app = SharedDataMiddleware(app.wsgi_app, {"/shared": os.path.join(app.root_path, "shared")})
