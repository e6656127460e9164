"""Messages that one keeps for later."""

from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field, StringConstraints

from app.blueprints.api.answers import ConversationView, EntryView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, Body, Query, documented
from app.blueprints.identity import current_user_id
from app.domain.commands import Target
from app.domain.saved import PLACE_PATTERN, Mark
from app.services.registry import services

PAGE = 50


class ChangeSaved(Body):
    """``entries``: the numbers of messages, at most 100 at once; ``active``: save them, or let go of them."""

    entries: Annotated[list[Target], Field(min_length=1, max_length=100)]
    active: bool


class SavedRange(Query):
    """``before``: the ``next`` of the page before."""

    before: Annotated[str, StringConstraints(pattern=PLACE_PATTERN)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = PAGE


class SavedView(Answer):
    """``saved_at`` in ms."""

    conversation: str
    saved_at: int
    entry: EntryView


class SavedPage(Answer):
    """The last that was saved first. ``next``: ask with it as ``before`` for what follows; null: nothing does."""

    saved: list[SavedView]
    next: str | None


@api.post("/conversations/<string(length=22):conversation>/saved")
@documented(json=ChangeSaved, answer=ConversationView, refusals=(401, 403, 404, 409, 429), tag="entries")
def change_saved(conversation: str, json: ChangeSaved) -> ResponseReturnValue:
    """Save messages for later, or let go of them, on all one's devices. At most 1,000 altogether; nobody else sees it."""
    user = current_user_id()
    services().limits.allow_local("save", user)
    return services().saved.change(user, conversation, json.entries, active=json.active)


@api.get("/me/saved")
@documented(query=SavedRange, answer=SavedPage, refusals=(401, 429), tag="me")
def list_saved(query: SavedRange) -> ResponseReturnValue:
    """What one saved, in all one's conversations, as far as one may still see it."""
    user = current_user_id()
    services().limits.allow_local("sync", user)
    before = Mark.parse(query.before) if query.before is not None else None
    return services().saved.page(user, before, query.limit)
