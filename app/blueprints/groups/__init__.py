"""The groups' page: the chat with only the groups in its list. Making one is ``POST /api/v1/groups``."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("groups", __name__)


@blueprint.get("/groups")
def groups() -> ResponseReturnValue:
    """The chat's shell with the groups chosen."""
    return render_template("chat/chat.html", filter="groups")
