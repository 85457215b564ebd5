class Proxy:
    def __getattr__(self, name):
        raise RuntimeError(name)

    def __call__(self, environ, start_response):
        return []


class Mirror:
    def __getattr__(self, name):
        return self

    def __call__(self, environ, start_response):
        return []


request = Proxy()
mirror = Mirror()
application = Mirror()
