import os

from flask import Flask
from whitenoise import WhiteNoise

HERE = os.path.dirname(os.path.abspath(__file__))
application = WhiteNoise(Flask(__name__, static_folder=None), root=os.path.join(HERE, "static"), prefix="/static/")
