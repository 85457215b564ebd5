from flask import Blueprint

views = Blueprint("views", __name__)
CARTS = {}
PRICE_CACHE = {}
KINDS = []


def kind(function):
    KINDS.append(function)
    return function


@kind
def book():
    return "book"


@views.route("/put/<name>")
def put(name):
    CARTS[name] = PRICE_CACHE.setdefault(name, 1)
    return "put"
