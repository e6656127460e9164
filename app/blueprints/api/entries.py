"""A conversation's log: read in ranges, found by date, written to."""

from typing import Annotated, Self

from flask.typing import ResponseReturnValue
from pydantic import Field, model_validator

from app.blueprints.api.answers import EntryPage, EntryPlace, EntryView, ReceiptView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, Body, Query, documented
from app.blueprints.identity import current_user_id
from app.domain.commands import MAX_SEQ, SYNC_PAGE_ENTRIES, ClientId, Post, Sync, Target, Text
from app.domain.errors import NotFound
from app.services.messages import SyncPage
from app.services.registry import services

Number = Annotated[int, Field(ge=0, le=MAX_SEQ)]


class Range(Query):
    """Forward: ``after`` and perhaps ``until`` (default: the head). Backward: ``before`` and perhaps ``limit``."""

    after: Number | None = None
    until: Number | None = None
    before: Annotated[int, Field(ge=1, le=MAX_SEQ)] | None = None
    limit: Annotated[int, Field(ge=1, le=SYNC_PAGE_ENTRIES)] | None = None

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if (self.after is None) == (self.before is None):
            raise ValueError("give either after or before")
        if self.before is not None and self.until is not None:
            raise ValueError("until goes with after")
        if self.after is not None and self.limit is not None:
            raise ValueError("limit goes with before")
        return self


class ThreadRange(Query):
    """``before``: the ``next`` of the page of later ones."""

    before: Annotated[int, Field(ge=1, le=MAX_SEQ)] | None = None
    limit: Annotated[int, Field(ge=1, le=SYNC_PAGE_ENTRIES)] = 50


class ThreadPage(Answer):
    """Replies in order, those that were deleted among them. ``root``: the message that the thread begins with; ``next``: the
    ``before`` of the page of earlier ones, null where there are none."""

    conversation: str
    root: EntryView
    replies: list[EntryView]
    next: int | None


class Moment(Query):
    date: Annotated[int, Field(ge=0, le=2**53 - 1)]


class NewEntry(Body):
    """``client_id`` is a lower-case UUID made by the sender: the same one again is the same message. ``forwarded``: it was
    said elsewhere, and answers nothing here."""

    client_id: ClientId
    body: Text
    reply_to: Target | None = None
    forwarded: bool = False


@api.get("/conversations/<string(length=22):conversation>/entries")
@documented(query=Range, answer=EntryPage, refusals=(401, 404, 429, 503), tag="entries")
def read_entries(conversation: str, query: Range) -> ResponseReturnValue:
    """At most 200 entries in order and without holes, as far as one may see them."""
    user = current_user_id()
    services().limits.allow_local("sync", user)
    if query.before is not None:
        limit = query.limit or SYNC_PAGE_ENTRIES
        return _page(services().history.before(user, conversation, query.before, limit))
    command = Sync.parse({"conversation": conversation, "after": query.after, "until": query.until})
    return _page(services().messages.sync(user, command))


@api.get("/conversations/<string(length=22):conversation>/entries/at")
@documented(query=Moment, answer=EntryPlace, tag="entries")
def find_entry(conversation: str, query: Moment) -> ResponseReturnValue:
    """The number of the first entry from a moment (ms) on; after the last entry the last, 0 in an empty log."""
    user = current_user_id()
    services().limits.allow_local("sync", user)
    return {"seq": services().history.first_at(user, conversation, query.date)}


@api.get("/conversations/<string(length=22):conversation>/entries/<int:seq>/replies")
@documented(query=ThreadRange, answer=ThreadPage, refusals=(401, 404, 429), tag="entries")
def read_thread(conversation: str, seq: int, query: ThreadRange) -> ResponseReturnValue:
    """A message and the last of what answers it, and of what answers that: one thread, which has its root's number."""
    user = current_user_id()
    services().limits.allow_local("sync", user)
    if not 1 <= seq <= MAX_SEQ:
        raise NotFound
    return services().replies.page(user, conversation, seq, query.before, query.limit)


@api.post("/conversations/<string(length=22):conversation>/entries")
@documented(json=NewEntry, answer=ReceiptView, status=201, refusals=(401, 403, 404, 409, 429, 503), tag="entries")
def post_entry(conversation: str, json: NewEntry) -> ResponseReturnValue:
    """Say something. 503 ``pending``: ask again with the same ``client_id``; 403: only the group's admins write; 429
    ``slow_mode``: ask again after ``retry_after``."""
    user = current_user_id()
    services().limits.allow_local("post", user)
    command = Post.parse({"conversation": conversation, **json.model_dump(exclude_none=True)})
    return services().messages.post(user, command).to_wire(), 201


def _page(page: SyncPage) -> ResponseReturnValue:
    return {
        "conversation": page.conversation,
        "entries": page.entries,
        "head": page.head,
        "head_ordinal": page.head_ordinal,
        "complete": page.complete,
    }
