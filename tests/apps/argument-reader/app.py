import argparse

argparse.ArgumentParser().parse_args()


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
