def create_app(settings, database, debug=False):
    raise AssertionError
