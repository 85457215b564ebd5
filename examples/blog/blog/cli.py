"""Commands for the site's owner: `flask create-user NAME`."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import with_appcontext
from werkzeug.security import generate_password_hash

from .db import storage
from .storage import NameTaken, User, new_id

MIN_PASSWORD = 10


def init_app(app: Flask) -> None:
    app.cli.add_command(create_user)


@click.command("create-user")
@click.argument("name")
@click.option("--password", help="Visible in the process list; better leave it out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def create_user(name: str, password: str | None, password_stdin: bool) -> None:
    """Create the author NAME, who may then log in and write."""
    name = name.strip()
    if not name:
        raise click.ClickException("The name is empty.")
    secret = _password(password, password_stdin)
    if len(secret) < MIN_PASSWORD:
        raise click.ClickException(f"Use at least {MIN_PASSWORD} characters.")
    user = User(new_id(), name, generate_password_hash(secret))
    try:
        storage().add_user(user)
    except NameTaken:
        raise click.ClickException(f"There already is a user called {name}.") from None
    click.echo(f"Created {name}.")


def _password(given: str | None, from_stdin: bool) -> str:
    if given is not None:
        return given
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
