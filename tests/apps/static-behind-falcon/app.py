import os

import falcon


class Login:
    def process_request(self, request, response):
        if not request.auth:
            raise falcon.HTTPUnauthorized()


app = falcon.App(middleware=[Login()])
app.add_static_route("/files", os.path.join(os.path.dirname(os.path.abspath(__file__)), "files"))
