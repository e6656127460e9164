"""One's privacy."""

from typing import Any, Literal

from pydantic import ConfigDict

from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, Body, documented
from app.blueprints.identity import current_user_id
from app.services.registry import services

Audience = Literal["everyone", "contacts", "nobody"]


class PrivacyView(Answer):
    """``last_seen``: who sees whether one is here; ``groups``: who may add one to groups;
    ``first_messages``: who may write to one first, without asking. ``last_seen``, ``receipts``
    and ``typing`` are mutual: whoever hides theirs does not see others'."""

    last_seen: Audience
    receipts: bool
    typing: bool
    groups: Audience
    first_messages: Literal["everyone", "contacts"]


class ChangePrivacy(Body):
    """What is absent stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    last_seen: Audience = "everyone"
    receipts: bool = True
    typing: bool = True
    groups: Audience = "everyone"
    first_messages: Literal["everyone", "contacts"] = "everyone"


@api.get("/me/privacy")
@documented(answer=PrivacyView, refusals=(401,), tag="me")
def privacy() -> Any:
    """What one gives away, and to whom."""
    return services().privacy.of(current_user_id())


@api.patch("/me/privacy")
@documented(json=ChangePrivacy, answer=PrivacyView, refusals=(401, 429), tag="me")
def change_privacy(json: ChangePrivacy) -> Any:
    """Change it; in force at once, on every server and for every open page."""
    change: Any = json.model_dump(exclude_unset=True)
    return services().privacy.change(current_user_id(), change)
