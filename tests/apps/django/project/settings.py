from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = "fixed"
DEBUG = False
ALLOWED_HOSTS = ["shop.example", ".example.org"]
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages", "django.contrib.sessions", "django.contrib.staticfiles"]
STATIC_URL = "static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "db.sqlite3"}}
USE_TZ = True
WSGI_APPLICATION = "project.wsgi.application"
STATIC_ROOT = BASE / "collected"
MEDIA_URL = "media/"
MEDIA_ROOT = BASE / "media"
