"""A conversation that whoever runs this Chatter froze: it is read, and nobody writes in it.

People may still go, and an owner hand the group over before that, so that an account can be deleted.
"""

from app.domain.errors import ChatError, Forbidden

FROZEN = "This conversation is frozen. Nobody can write here."
ALLOWED_KINDS = frozenset({"left", "role", "closed"})


def refusal(kind: str, *, frozen: bool) -> ChatError | None:
    """Why an entry of this kind may not be written; None: it may."""
    return Forbidden(FROZEN) if frozen and kind not in ALLOWED_KINDS else None
