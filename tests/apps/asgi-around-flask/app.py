from flask import Flask


class WsgiToAsgi:
    def __init__(self, wsgi_app):
        self.wsgi_app = wsgi_app

    async def __call__(self, scope, receive, send):
        await send({})


application = WsgiToAsgi(Flask(__name__))
