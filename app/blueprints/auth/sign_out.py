"""Signing out of the asking browser."""

from flask import redirect
from flask.typing import ResponseReturnValue

from app.blueprints.asker import wants_json
from app.blueprints.auth.blueprint import blueprint
from app.blueprints.guards import allow_guest
from app.blueprints.identity import sign_out_browser


@blueprint.post("/sign-out")
@allow_guest
def sign_out() -> ResponseReturnValue:
    """End the device's session, tokens and sockets. A script gets 204, a form the sign-in page. May run twice."""
    sign_out_browser()
    return ("", 204) if wants_json() else redirect("/sign-in", 303)
