from flask import Blueprint, Flask, abort, request

app = Flask(__name__)


@app.route("/")
def front():
    return "front"


admin = Blueprint("admin", __name__, url_prefix="/admin", static_folder="files")
admin.before_request(lambda: None if request.authorization else abort(401))
app.register_blueprint(admin)
