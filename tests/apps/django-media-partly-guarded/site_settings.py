from pathlib import Path

BASE = Path(__file__).resolve().parent
SECRET_KEY = "fixed"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE / "media"
