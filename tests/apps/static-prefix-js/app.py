from flask import Flask

app = Flask(__name__, static_url_path="/js", static_folder="web/js")
