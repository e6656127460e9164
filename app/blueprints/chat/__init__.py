"""The chat's pages. They hold nothing personal, so that a browser can keep them for working offline."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.guards import allow_guest

blueprint = Blueprint("chat", __name__)


@blueprint.get("/")
@blueprint.get("/c/<string(length=22):conversation>")
def chat(conversation: str | None = None) -> ResponseReturnValue:
    """The shell; the browser fetches what belongs in it, and whether the conversation is one's own is decided there."""
    return render_template("chat/chat.html")


@blueprint.get("/saved")
def saved() -> ResponseReturnValue:
    """What one saved for later; the page fetches it."""
    return render_template("chat/saved.html")


@blueprint.get("/offline")
@allow_guest
def offline() -> ResponseReturnValue:
    """What a browser shows when it reaches nobody and has kept nothing."""
    return render_template("offline.html")
