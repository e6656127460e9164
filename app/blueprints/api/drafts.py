"""What one began to write."""

from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field, field_validator

from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, Body, documented
from app.blueprints.identity import current_user_id
from app.domain.commands import MAX_BODY_CHARACTERS
from app.domain.text import clean_draft
from app.services.registry import services


class ChangeDraft(Body):
    """``body``: empty for none. ``base``: the version that it was made from; 0: there was none."""

    body: Annotated[str, Field(max_length=MAX_BODY_CHARACTERS)]
    base: Annotated[int, Field(ge=0, le=2**53 - 2)]

    @field_validator("body")
    @classmethod
    def _clean(cls, body: str) -> str:
        return clean_draft(body)


class DraftView(Answer):
    conversation: str
    body: str
    version: int


@api.put("/conversations/<string(length=22):conversation>/draft")
@documented(json=ChangeDraft, answer=DraftView, refusals=(401, 404, 409, 429), tag="conversations")
def change_draft(conversation: str, json: ChangeDraft) -> ResponseReturnValue:
    """Keep what one began to write, for all one's devices. 409 where another wrote something else since ``base``: ``details``
    are its ``body`` and ``version``."""
    user = current_user_id()
    services().limits.allow_local("draft", user)
    return services().drafts.change(user, conversation, json.body, json.base)
