from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = "fixed"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "/assets/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db"}}
USE_TZ = True
WSGI_APPLICATION = "project.server.application"
