def app(environ, start_response):
    retrun b""
