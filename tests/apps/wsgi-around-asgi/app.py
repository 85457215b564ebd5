async def inner(scope, receive, send):
    await send({})


class AsgiToWsgi:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        start_response("200 OK", [])
        return [b""]


app = AsgiToWsgi(inner)
