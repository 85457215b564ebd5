FLASK_APP=hello.py
