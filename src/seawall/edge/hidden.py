"""Names that are never served from disk (S22)."""

from __future__ import annotations

import re

from seawall.syntax.nginx import Pattern, pattern

# Never from disk, whatever the app would do: names that begin with a dot (but /.well-known/), program text and
# settings, databases, keys, and what editors and tools leave behind. The end may be a slash, because an app that cleans
# up the path would find the file under `settings.py/` too.
_DOTTED = pattern(r"/\.(?!well-known(?:/|$))")
_PRIVATE_ENDING = pattern(
    r"(?:\.(?:py[cdiowxz]?|pyx|pxd|ipynb|egg|php[0-9]?|phtml|jinja2?|j2|mako"
    r"|env|ini|cfg|htpasswd|htaccess"
    r"|db3?|sqlite[0-9]?|(?:db|sqlite3?)-(?:journal|wal|shm)|mdb|rdb"
    r"|pem|key|p12|pfx|jks|keystore|kdbx"
    r"|bak|backup|orig|rej|sw[a-p]|sock)|~|#)(?:/|$)"
)
# The same, but with endings that an address of the app may well have too (`/whois/example.pl`).
PERHAPS = pattern(r"\.(?:so|rb|pl|cgi|conf|cnf|toml|lock|sql|dump|dmp|log|old|save|sav|tmp|temp|pid)(?:/|$)")
_PRIVATE_NAME = pattern(
    r"/(?:__pycache__|node_modules|Dockerfile[^/]*|(?:docker-)?compose[^/]*\.ya?ml|Procfile|Makefile|Pipfile"
    r"|requirements[^/]*\.txt|package(?:-lock)?\.json|composer\.json|web\.config|id_(?:rsa|dsa|ecdsa|ed25519))(?:/|$)"
)
HIDDEN = (_DOTTED, _PRIVATE_ENDING, _PRIVATE_NAME)


def is_hidden(url: str) -> bool:
    """Whether the edge does not serve this from disk, or, for a folder (`/node_modules/`), all that is below it."""
    return _fits(url, *HIDDEN, PERHAPS)


def is_refused(url: str) -> bool:
    """Whether the edge answers 404 to this even where files share the root with the app's own addresses."""
    return _fits(url, *HIDDEN)


def _fits(url: str, *never: Pattern) -> bool:
    return any(re.search(each.text, url, re.IGNORECASE) for each in never)
