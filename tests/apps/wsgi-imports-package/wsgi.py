from shop import app  # noqa: F401
