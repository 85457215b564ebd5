"""Start script of the probe: PYTHON probe_main.py REQUEST_JSON REPORT_FD. See the package docstring."""

if __name__ == "__main__":
    import os
    import runpy

    start = os.path.join(os.path.dirname(os.path.abspath(__file__)), "start.py")
    runpy.run_path(start)["enter"]("probe").main()
