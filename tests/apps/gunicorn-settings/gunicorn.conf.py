wsgi_app = "serve:site"
workers = 3
