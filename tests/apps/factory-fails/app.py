def create_app():
    raise TypeError("no database")
