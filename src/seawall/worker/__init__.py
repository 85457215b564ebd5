"""What runs inside the user's interpreter: standard library only, Python 3.8 and newer.

The app lives in another environment than Seawall, so these files are started by path and import each other as the
package `seawall_worker`; nothing else of Seawall becomes visible to the app, and no file here hides a library of the
same name. A start script is this, and nothing more:

    if __name__ == "__main__":
        import os
        import runpy

        start = os.path.join(os.path.dirname(os.path.abspath(__file__)), "start.py")
        runpy.run_path(start)["enter"]("probe").main()

`enter(name)` imports `seawall_worker.<name>` and returns it. Inside the package, imports are relative.
"""
