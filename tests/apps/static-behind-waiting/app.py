import time

from flask import Flask

app = Flask(__name__)


@app.before_request
def ask_the_database():
    time.sleep(60)
