from werkzeug.middleware.proxy_fix import ProxyFix

from app import app

application = ProxyFix(app)
