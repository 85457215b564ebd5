import functools

from flask import Flask, abort, request

app = Flask(__name__)


def login_required(view):
    @functools.wraps(view)
    def guarded(**arguments):
        return view(**arguments) if request.authorization else abort(401)

    return guarded


app.view_functions["static"] = login_required(app.view_functions["static"])
