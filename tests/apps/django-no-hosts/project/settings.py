from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = "fixed"
DEBUG = False
ALLOWED_HOSTS = []
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = []
STATIC_URL = "static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "db.sqlite3"}}
USE_TZ = True
