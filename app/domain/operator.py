"""Entries of whoever runs this Chatter: no member of any conversation, and so not judged by a role (``docs/decisions/0033``).

Their sender is ``administrator``, which is nobody's id and which no command can name. They delete a text for everybody, or
say that texts are no longer kept (``app/domain/retention.py``): also where the conversation is frozen or closed, and where its writer is no member any more.
"""

from app.domain.entries import Entry
from app.domain.errors import ChatError, Conflict, Forbidden, NotFound
from app.domain.membership import ADMINISTRATOR
from app.domain.revisions import view_of

OPERATOR = ADMINISTRATOR
KINDS = frozenset({"deleted"})


def refusal(kind: str, target: Entry | None) -> ChatError | None:
    """Why the operator's entry may not be written about ``target`` (None: there is none); None: it may."""
    if kind not in KINDS:
        return Forbidden()
    if target is None or target.kind != "text":
        return NotFound("There is no such message.")
    return Conflict("That message was deleted.") if view_of(target).deleted_at is not None else None
