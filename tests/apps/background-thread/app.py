import threading

from flask import Flask

app = Flask(__name__)


@app.route("/")
def front():
    return "front"

threading.Thread(target=threading.Event().wait, name="clock").start()
