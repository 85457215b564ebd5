from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = "fixed"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "https://cdn.example/static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "db.sqlite3"}}
USE_TZ = True
STATIC_ROOT = BASE / "collected"
FORCE_SCRIPT_NAME = "/shop"
MEDIA_URL = "media/"
MEDIA_ROOT = BASE / "files"
