from .store import app  # noqa: F401
