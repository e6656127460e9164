"""The bodies of answers about a group's links and settings (docs/wire.md), as models."""

from app.blueprints.api.openapi import Answer


class RetentionPreview(Answer):
    """So many ``messages`` would go, the ``oldest`` written then (null: none), from the moment ``begins_at`` on; in ms."""

    messages: int
    oldest: int | None
    begins_at: int


class GroupLinkView(Answer):
    """Times in ms. ``expires_at`` null: never; ``most_uses`` null: no limit. ``id`` is the secret in ``url``."""

    id: str
    url: str
    created_by: str
    created_at: int
    expires_at: int | None
    most_uses: int | None
    uses: int


class GroupLinkList(Answer):
    links: list[GroupLinkView]


class GroupPreview(Answer):
    """A group as whoever holds a link to it sees it; ``members`` is how many."""

    title: str
    description: str
    members: int
