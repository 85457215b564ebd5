from constants import app  # noqa: F401
