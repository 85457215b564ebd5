from pyramid.httpexceptions import HTTPForbidden


def gate(handler, registry):
    return lambda request: handler(request) if request.authorization else HTTPForbidden()
