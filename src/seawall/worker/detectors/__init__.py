"""One file per framework. A framework is only looked for among the modules that the app imported itself."""

from __future__ import annotations

from . import bottle, django, falcon, flask, pyramid, wsgi

# Any callable: what is described when no framework is met.
PLAIN = wsgi.DETECTOR

# The first that recognises the app describes it; anything callable is plain WSGI.
DETECTORS = (
    flask.DETECTOR,
    django.DETECTOR,
    pyramid.DETECTOR,
    falcon.DETECTOR,
    bottle.DETECTOR,
    PLAIN,
)
