from pyramid.config import Configurator

with Configurator() as config:
    config.add_static_view("static", "shop:static")
    config.add_tween("shop.gate.gate")
    application = config.make_wsgi_app()
