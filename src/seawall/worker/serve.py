"""Starts Gunicorn with the app: PYTHON serve.py CONFIG.json, the app's listening socket as descriptor 3."""

if __name__ == "__main__":
    import os
    import runpy

    start = os.path.join(os.path.dirname(os.path.abspath(__file__)), "start.py")
    runpy.run_path(start)["enter"]("server").main()
