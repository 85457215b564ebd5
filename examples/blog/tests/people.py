"""The author who exists in the tests."""

from __future__ import annotations

from werkzeug.security import generate_password_hash

NAME = "marit"
PASSWORD = "slack water at noon"
# The cheapest hash there is: these tests are not about its strength.
HASH = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
