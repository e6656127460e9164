"""Pages about people: one's contacts, and invite links."""

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.blueprints.guards import allow_guest
from app.blueprints.identity import current_user_id
from app.blueprints.invite_link import invite_url, qr_response
from app.services import people
from app.services.invites import invite_code
from app.services.registry import services
from app.services.views import user_view

blueprint = Blueprint("contacts", __name__)


@blueprint.get("/contacts")
def contacts() -> ResponseReturnValue:
    """One's contacts; the page fetches them."""
    return render_template("contacts/contacts.html")


@blueprint.get("/contacts/invite.svg")
def invite_picture() -> Response:
    """One's own invite link as a QR code."""
    return qr_response(invite_url(invite_code(current_user_id())))


@blueprint.get("/i/<string(length=22):code>")
@allow_guest
def invite(code: str) -> ResponseReturnValue:
    """Who invites; accepting needs an account. Raises NotFound where the link is not, or no longer, anybody's."""
    inviter = people.by_invite(code)
    if current_user.is_authenticated and current_user.id == inviter.id:
        return redirect("/contacts")
    return render_template("contacts/invite.html", inviter=user_view(inviter), code=code)


@blueprint.post("/i/<string(length=22):code>")
def accept_invite(code: str) -> ResponseReturnValue:
    """Become contacts, and open the chat."""
    user = current_user_id()
    inviter = services().contacts.accept_invite(user, code)["user"]["id"]
    conversation = services().conversations.open_direct(user, inviter)
    return redirect(f"/c/{conversation['id']}", 303)
