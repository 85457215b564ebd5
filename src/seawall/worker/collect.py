"""Have Django collect its static files into a folder of ours: `PYTHON collect.py TARGET FOLDER PATHS DESTINATION`.

Runs in the app's interpreter, like the probe; the app's settings stay as they are on disk.
"""

import json
import os
import sys

sys.path.pop(0)


def collect(target, folder, paths, destination):
    # type: (str, str, list, str) -> None
    os.chdir(folder)
    sys.path[:0] = [*paths, folder]
    __import__(target.partition(":")[0])
    from django.conf import settings
    from django.core.management import call_command

    settings.STATIC_ROOT = destination
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    collect(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), sys.argv[4])
