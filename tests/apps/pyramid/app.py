from pyramid.config import Configurator
from pyramid.response import Response

import shop  # noqa: F401

with Configurator() as config:
    config.add_static_view("static", "shop:static")
    config.add_static_view("++resource++logo", "shop:logo")
    config.add_static_view("//cdn.example/files", "shop:cdn")
    config.add_static_view("private", "shop:private", permission="view")
    for name, pattern in (("front", "/"), ("about", "/about"), ("item", "/item/{number}"), ("rest", "/rest/*more")):
        config.add_route(name, pattern)
        config.add_view(lambda request: Response("ok"), route_name=name)
    application = config.make_wsgi_app()
