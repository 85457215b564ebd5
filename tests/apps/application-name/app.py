def make():
    def hello(environ, start_response):
        start_response("200 OK", [])
        return [b""]

    return hello
