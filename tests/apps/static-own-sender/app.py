from flask import Flask, abort


class Guarded(Flask):
    def send_static_file(self, filename):
        abort(403)


app = Guarded(__name__)
