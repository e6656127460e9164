"""``flask --app wsgi admin grant|revoke|list``: who runs this Chatter, from the command line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain.errors import ChatError
from app.models import User
from app.services import people
from app.services.audit import COMMAND_LINE
from app.services.phone_numbers import to_e164
from app.services.registry import services

NUMBER = re.compile(r"\+?[\d\s()./-]+")

commands = AppGroup("admin", help="Administrators: who they are, and who is to be one.")


@commands.command("grant")
@click.argument("who")
def grant(who: str) -> None:
    """Make WHO an administrator: a handle, or a number as in +49 170 1234567."""
    with _refusals():
        user = _find(who)
        with services().audit.carrying_out(COMMAND_LINE, "role_changed", user.id, role="admin"):
            services().administrators.grant(user.id)
        click.echo(f"{_named(user)} is an administrator.")


@commands.command("revoke")
@click.argument("who")
def revoke(who: str) -> None:
    """Make WHO a member again."""
    with _refusals():
        user = _find(who)
        with services().audit.carrying_out(COMMAND_LINE, "role_changed", user.id, role="member"):
            services().administrators.revoke(user.id)
        click.echo(f"{_named(user)} is a member.")


@commands.command("list")
def list_all() -> None:
    """List the administrators."""
    for user in services().administrators.all():
        click.echo(f"{_named(user)}{' (disabled)' if user.disabled_at else ''}")


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal is a sentence and exit code 1."""
    try:
        yield
    except ChatError as error:
        raise click.ClickException(error.message) from None


def _find(who: str) -> User:
    """Who is meant. Raises NotFound, Invalid."""
    if NUMBER.fullmatch(who.strip()):
        number = to_e164(who, current_app.extensions["settings"].default_country)
        user: User | None = User.objects(phone=number, disabled_at=None).first()
        if user is not None:
            return user
    return people.by_handle(who)


def _named(user: User) -> str:
    known = (user.name, f"@{user.handle}" if user.handle else "", user.phone or "", user.id)
    return " ".join(part for part in known if part)
