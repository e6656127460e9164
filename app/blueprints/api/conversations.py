"""Conversations: listed, opened, changed for oneself, read up to."""

from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from app.blueprints.api.answers import ConversationList, ConversationView, CursorsView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, documented
from app.blueprints.identity import current_user_id
from app.domain.commands import MAX_SEQ, Id, Read, Seq, Target
from app.domain.notifications import Level
from app.services.registry import services

MAX_MS = 2**53 - 1
"""The largest whole number JavaScript knows for sure."""


class OpenDirect(Body):
    user: Id


class ChangeConversation(Body):
    """What is absent stays as it is. ``notify``: what calls one there; nothing does before
    ``muted_until`` (ms; null: not muted)."""

    notify: Level = "all"
    muted_until: Annotated[int, Field(ge=0, le=MAX_MS)] | None = None
    pinned: bool = False
    archived: bool = False
    unread: bool = False


class HideEntries(Body):
    """``entries``: the numbers of messages, at most 100 at once."""

    entries: Annotated[list[Target], Field(min_length=1, max_length=100)]


class MoveCursor(Body):
    """``delivered`` and ``read``: the numbers of the last entries that arrived and that were looked at."""

    delivered: Seq | None = None
    read: Annotated[int, Field(ge=0, le=MAX_SEQ)] | None = None


@api.get("/conversations")
@documented(answer=ConversationList, refusals=(401,), tag="conversations")
def list_conversations() -> ResponseReturnValue:
    """All conversations of whoever asks."""
    return {"conversations": services().conversations.overview(current_user_id())}


@api.post("/conversations")
@documented(json=OpenDirect, answer=ConversationView, status=201, tag="conversations")
def open_direct(json: OpenDirect) -> ResponseReturnValue:
    """Open *the* direct conversation with a person (oneself: a note to self), made if there is none."""
    return services().conversations.open_direct(current_user_id(), json.user), 201


@api.get("/conversations/<string(length=22):conversation>")
@documented(answer=ConversationView, tag="conversations")
def get_conversation(conversation: str) -> ResponseReturnValue:
    """One conversation."""
    return services().conversations.view(current_user_id(), conversation)


@api.patch("/conversations/<string(length=22):conversation>")
@documented(json=ChangeConversation, answer=ConversationView, tag="conversations")
def change_conversation(conversation: str, json: ChangeConversation) -> ResponseReturnValue:
    """Mute, pin, archive or mark a conversation as unread, for oneself, or choose what calls one there."""
    change: Any = json.model_dump(exclude_unset=True)
    return services().conversations.change(current_user_id(), conversation, change)


@api.post("/conversations/<string(length=22):conversation>/entries/<int:seq>/hiding")
@documented(answer=ConversationView, refusals=(401, 403, 404, 429), tag="entries")
def hide_entry(conversation: str, seq: int) -> ResponseReturnValue:
    """Delete a message for oneself alone, on all one's devices, for good. Nobody else notices."""
    user = current_user_id()
    services().limits.allow_local("hide", user)
    return services().conversations.hide(user, conversation, seq)


@api.post("/conversations/<string(length=22):conversation>/hiding")
@documented(json=HideEntries, answer=ConversationView, refusals=(401, 403, 404, 429), tag="entries")
def hide_entries(conversation: str, json: HideEntries) -> ResponseReturnValue:
    """Delete messages for oneself alone, on all one's devices, for good: all of them, or where one cannot be, none."""
    user = current_user_id()
    services().limits.allow_local("hide", user)
    return services().conversations.hide(user, conversation, *json.entries)


@api.put("/conversations/<string(length=22):conversation>/cursor")
@documented(json=MoveCursor, answer=CursorsView, tag="conversations")
def move_cursor(conversation: str, json: MoveCursor) -> ResponseReturnValue:
    """Move one's cursors forward; they never go back. Same as the socket's ``read``."""
    user = current_user_id()
    services().limits.allow_local("read", user)
    return services().receipts.advance(user, Read.parse({"conversation": conversation, **json.model_dump()}))
