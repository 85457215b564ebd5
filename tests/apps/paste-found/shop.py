def main(global_config, greeting):
    def app(environ, start_response):
        start_response("200 OK", [])
        return [greeting.encode()]

    return app
