import os

import falcon


class Health:
    def on_get(self, request, response):
        response.text = "ok"


api = falcon.App()
api.add_route("/health", Health())
api.add_route("/item/{number}", Health())
api.add_static_route("/uploads", os.path.dirname(os.path.abspath(__file__)), downloadable=True)
api.add_static_route("/files", os.path.join(os.path.dirname(os.path.abspath(__file__)), "files"))
