from flask import Flask


def make():
    return Flask(__name__)
