from flask import Flask

shop = Flask("shop")
desk = Flask("desk")
