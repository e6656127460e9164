"""Groups' pages: the chat with only the groups in its list, and where invite links lead."""

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user

from app.blueprints.asker import address
from app.blueprints.guards import allow_guest
from app.blueprints.identity import current_user_id
from app.blueprints.invite_link import group_url, qr_response
from app.blueprints.photos import photo_response
from app.domain.errors import ChatError, LinkGone, NotFound
from app.services.registry import services

blueprint = Blueprint("groups", __name__)

LINK = "<string(length=22):token>"
TITLES = {
    "expired": lazy_gettext("This link has expired"),
    "revoked": lazy_gettext("This link was revoked"),
    "used_up": lazy_gettext("This link is used up"),
    "closed": lazy_gettext("This group is gone"),
    "not_found": lazy_gettext("No such link"),
    "forbidden": lazy_gettext("You cannot join by this link"),
    "conflict": lazy_gettext("This group is full"),
}


@blueprint.get("/groups")
def groups() -> ResponseReturnValue:
    """The chat's shell with the groups chosen."""
    return render_template("chat/chat.html", filter="groups")


@blueprint.get(f"/g/{LINK}")
@allow_guest
def invitation(token: str) -> ResponseReturnValue:
    """The group a link leads to; joining needs an account."""
    try:
        if current_user.is_authenticated and (home := services().group_links.leads_home(current_user.id, token)):
            return redirect(f"/c/{home}")
        link, group, members = services().group_links.look(token, address())
    except (LinkGone, NotFound) as error:
        return _closed(error)
    photo = f"/g/{token}/photo?v={group.avatar}" if group.avatar else None
    shown = {"id": group.id, "name": group.title or gettext("Group"), "avatar": photo}
    return render_template(
        "groups/invite.html", group=shown, description=group.description or "", members=members, token=link.id
    )


@blueprint.get(f"/g/{LINK}/photo")
@allow_guest
def photo(token: str) -> Response:
    """The group's photo, for whoever holds a link that works."""
    _, group, _ = services().group_links.look(token, address())
    if not group.avatar:
        raise NotFound
    return photo_response(services().photos.open(group.avatar))


@blueprint.get(f"/g/{LINK}/link.svg")
def picture(token: str) -> Response:
    """The link as a QR code: it says no more than whoever asks knows."""
    return qr_response(group_url(token))


@blueprint.post(f"/g/{LINK}")
def join(token: str) -> ResponseReturnValue:
    """Join, and open the group."""
    try:
        conversation = services().group_links.join(current_user_id(), token)
    except ChatError as error:
        if error.code not in ("link_gone", "not_found", "forbidden", "conflict"):
            raise
        return _closed(error)
    return redirect(f"/c/{conversation['id']}", 303)


def _closed(error: ChatError) -> ResponseReturnValue:
    """Why one does not get in, in words."""
    title = TITLES[str(error.details.get("reason", error.code))]
    return render_template("groups/no_way_in.html", title=title, message=error.message), error.status
