from flask import Flask


class Dash:
    def __init__(self):
        self.server = Flask("dash")


app = Dash()
server = app.server
