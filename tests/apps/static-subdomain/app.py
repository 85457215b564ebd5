from flask import Blueprint, Flask

app = Flask(__name__, static_folder=None, subdomain_matching=True)
app.config["SERVER_NAME"] = "shop.example"
app.register_blueprint(Blueprint("cdn", __name__, subdomain="cdn", static_folder="files"))
