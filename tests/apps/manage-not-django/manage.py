import sys

from flask import Flask

app = Flask(__name__)


@app.route("/")
def front():
    return "front"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
