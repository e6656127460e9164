"""The Blueprint that the modules of this package hang their routes on."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.forms import refusal
from app.blueprints.identity import current_account
from app.domain.errors import ChatError
from app.services.views import account_view

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


def page(name: str, error: ChatError | None = None, **context: Any) -> ResponseReturnValue:
    """A page of the settings, with the account as ``me``, and ``error`` on it if something was refused."""
    rendered = render_template(
        f"settings/{name}.html", me=account_view(current_account()), error=refusal(error), **context
    )
    return rendered, error.status if error else 200
