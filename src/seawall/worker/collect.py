"""Start script for Django's static files: PYTHON collect.py TARGET FOLDER PATHS_JSON DESTINATION."""

if __name__ == "__main__":
    import os
    import runpy

    start = os.path.join(os.path.dirname(os.path.abspath(__file__)), "start.py")
    runpy.run_path(start)["enter"]("collecting").main()
