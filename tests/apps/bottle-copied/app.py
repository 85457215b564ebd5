from lib.bottle import Bottle

app = Bottle()
