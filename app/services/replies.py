"""A thread: a message and what answers it, as one person may see it."""

from typing import Any

from app.domain.commands import MAX_SEQ
from app.domain.entries import Entry, within_bytes
from app.domain.errors import NotFound
from app.models.messages import find_replies, read_many
from app.services.access import Access
from app.services.as_of import entries_as_of


class Replies:
    def __init__(self, access: Access) -> None:
        self._access = access

    def page(self, user: str, conversation: str, root: int, before: int | None, limit: int) -> dict[str, Any]:
        """The last ``limit`` replies before the number ``before``, oldest first, and the message that they are about.

        ``{conversation, root, replies, next}``: ``next`` is the ``before`` of the page of earlier ones, None where there are
        none. What was deleted is among them. Raises NotAMember, and NotFound where ``root`` is no message that begins a
        thread, or not for them.
        """
        self._access.reader(user, conversation)
        entry = read_many([(conversation, root)]).get((conversation, root))
        found = _before(entry, before or MAX_SEQ, limit + 1) if entry is not None else []
        place = self._access.place(user, conversation)  # after the entries
        last = MAX_SEQ if place.until_seq is None else place.until_seq
        if entry is None or not _begins(entry, user) or not place.from_seq <= root <= last:
            raise NotFound
        page = list(within_bytes([reply for reply in found[-limit:] if reply.seq <= last]))
        replies = page[-1] if page else []
        more = len(found) > limit or len(page) > 1
        shown = [entry, *(reply for reply in replies if user not in reply.hidden_from)]
        seen = shown if place.until_seq is None else entries_as_of(shown, last)
        return {
            "conversation": conversation,
            "root": seen[0].seen_by(user),
            "replies": [reply.seen_by(user) for reply in seen[1:]],
            "next": replies[0].seq if replies and more else None,
        }


def _before(root: Entry, before: int, limit: int) -> list[Entry]:
    """The last replies before a number, in order: those that stand with the root, and of long threads the earlier ones."""
    if root.replies is None:
        return []
    listed = root.replies.before(before, limit)
    if listed is None:
        return find_replies(root.conversation, root.seq, before, limit)
    found = read_many([(root.conversation, seq) for seq in listed])
    return [entry for _, entry in sorted(found.items())]


def _begins(entry: Entry, user: str) -> bool:
    return entry.kind == "text" and entry.root is None and user not in entry.hidden_from
