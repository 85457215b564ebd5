from .core import app  # noqa: F401
