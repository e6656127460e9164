"""Answers about oneself: one's account and devices."""

from typing import Literal

from app.blueprints.api.answers import UserView
from app.blueprints.api.openapi import Answer


class AccountView(UserView):
    """What a person sees of their own account. ``phone`` is in E.164 form; ``google``: is a Google account linked?

    ``met_in_groups``: do people become contacts by sharing a small group? ``deletion_at``: when the account will be
    deleted (ms), as its owner wished.
    """

    phone: str | None
    google: bool
    email: str | None
    role: Literal["member", "admin"]
    onboarded: bool
    met_in_groups: bool
    deletion_at: int | None


class DeviceView(Answer):
    """A device that is signed in. Times in ms; ``push``: it is told of messages while Chatter is closed; ``current``: the
    one that asks."""

    id: str
    kind: Literal["browser", "api"]
    name: str
    address: str
    created_at: int
    last_seen: int
    push: bool
    current: bool
