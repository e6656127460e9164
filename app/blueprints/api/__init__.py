"""REST under /api/v1: what is not a stream. Described by itself at /api/v1/openapi.json."""

from app.blueprints.api import (
    bootstrap,
    contacts,
    conversations,
    deletion,
    drafts,
    entries,
    exports,
    group_links,
    groups,
    notifications,
    openapi,
    passkeys,
    privacy,
    push,
    requests,
    revisions,
    saved,
)
from app.blueprints.api.blueprint import api as blueprint

__all__ = [
    "blueprint",
    "bootstrap",
    "contacts",
    "conversations",
    "deletion",
    "drafts",
    "entries",
    "exports",
    "group_links",
    "groups",
    "notifications",
    "openapi",
    "passkeys",
    "privacy",
    "push",
    "requests",
    "revisions",
    "saved",
]
