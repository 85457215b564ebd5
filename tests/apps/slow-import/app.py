import os
import time

time.sleep(float(os.environ.get("SLOW_IMPORT", "25")))


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
