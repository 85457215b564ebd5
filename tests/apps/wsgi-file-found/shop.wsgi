import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from site_code import app as application  # noqa: E402, F401
