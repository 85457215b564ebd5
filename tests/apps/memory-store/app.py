from flask import Flask

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"
NOTES = {}
NAMES = ["only", "read"]
hits = 0


@app.route("/add/<name>")
def add_note(name):
    NOTES[name] = NAMES[0]
    return "added"


@app.route("/")
def front():
    global hits
    hits += 1
    NAMES = []
    NAMES.append("a local one")
    return str(hits)
