"""Texts of a log changed by entries about them: edited, deleted, reacted to; and what they said before."""

from flask.typing import ResponseReturnValue

from app.blueprints.api.answers import ReceiptView, VersionList
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, documented
from app.blueprints.identity import current_user_id
from app.domain.commands import ClientId, Delete, Edit, Pin, React, Revision, Text
from app.domain.errors import NotFound
from app.services.registry import services

REFUSALS = (401, 403, 404, 409, 429, 503)
ENTRY = "/conversations/<string(length=22):conversation>/entries/<int:seq>"


class NewRevision(Body):
    """``client_id`` is a lower-case UUID made by the sender: the same one again is the same change."""

    client_id: ClientId


class NewText(NewRevision):
    body: Text


class NewReaction(NewRevision):
    """``active``: put the emoji there, or take one's own away."""

    emoji: str
    active: bool


class NewPin(NewRevision):
    """``active``: pin it, or unpin it."""

    active: bool


@api.patch(ENTRY)
@documented(json=NewText, answer=ReceiptView, refusals=REFUSALS, tag="entries")
def edit_entry(json: NewText, conversation: str, seq: int) -> ResponseReturnValue:
    """Change what one's own message says. What it said before can still be read."""
    return _revise(Edit, conversation, seq, json)


@api.post(f"{ENTRY}/deletion")
@documented(json=NewRevision, answer=ReceiptView, refusals=REFUSALS, tag="entries")
def delete_entry(json: NewRevision, conversation: str, seq: int) -> ResponseReturnValue:
    """Delete a message for everybody: one's own, or in a group as an admin that of somebody with a lower role."""
    return _revise(Delete, conversation, seq, json)


@api.post(f"{ENTRY}/reactions")
@documented(json=NewReaction, answer=ReceiptView, refusals=REFUSALS, tag="entries")
def react_to_entry(json: NewReaction, conversation: str, seq: int) -> ResponseReturnValue:
    """Put one emoji under a message, or take it away."""
    return _revise(React, conversation, seq, json)


@api.post(f"{ENTRY}/pin")
@documented(json=NewPin, answer=ReceiptView, refusals=REFUSALS, tag="entries")
def pin_entry(json: NewPin, conversation: str, seq: int) -> ResponseReturnValue:
    """Pin a message for everybody, or unpin it: both in a direct chat, in a group its admins. At most 50 in each."""
    return _revise(Pin, conversation, seq, json)


@api.get(f"{ENTRY}/versions")
@documented(answer=VersionList, tag="entries")
def read_versions(conversation: str, seq: int) -> ResponseReturnValue:
    """What a message said at first and after each edit, oldest first; 404 once it is deleted."""
    user = current_user_id()
    services().limits.allow_local("sync", user)
    return {"versions": services().messages.versions(user, conversation, seq)}


def _revise(command: type[Revision], conversation: str, seq: int, json: NewRevision) -> ResponseReturnValue:
    user = current_user_id()
    services().limits.allow_local(command.name, user)
    if seq < 1:
        raise NotFound
    parsed = command.parse({"conversation": conversation, "target": seq, **json.model_dump()})
    return services().messages.revise(user, parsed).to_wire()
