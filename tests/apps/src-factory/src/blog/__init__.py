from flask import Flask


def create_app(settings=None):
    from . import views

    app = Flask(__name__)
    app.register_blueprint(views.views)
    return app
