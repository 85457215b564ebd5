from wsgiref.util import application_uri


def app(environ, start_response):
    start_response("302 Found", [("Location", application_uri(environ) + "there")])
    return [b""]
