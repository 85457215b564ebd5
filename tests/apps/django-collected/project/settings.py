from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = "fixed"
DEBUG = True
ALLOWED_HOSTS = []
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_TZ = True
STATIC_ROOT = BASE / "collected"
MEDIA_URL = ""
MEDIA_ROOT = BASE / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 100 * 1024 * 1024
