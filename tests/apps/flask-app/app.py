from flask import Blueprint, Flask, abort, current_app, g, request, session  # noqa: F401

app = Flask(__name__)
app.config.update(MAX_CONTENT_LENGTH=5000, SERVER_NAME="shop.example:8443")
admin = Blueprint("admin", __name__, url_prefix="/admin", static_folder="admin_files", static_url_path="/files")
inner = Blueprint("inner", __name__, url_prefix="/inner", static_folder="deep")
bare = Blueprint("bare", __name__)
admin.register_blueprint(inner)
app.register_blueprint(admin)
app.register_blueprint(bare)


@app.route("/")
@app.route("/about")
@app.route("/logout")
@app.route("/healthz")
@app.route("/item/<int:number>")
def page(number=0):
    return "page"


@app.route("/send", methods=["POST"])
def send():
    return "sent"
