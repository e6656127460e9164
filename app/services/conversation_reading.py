"""What was said in a conversation, for administrators where whoever runs the processes allows that (``ADMIN_READS_MESSAGES``)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.entries import Entry
from app.domain.errors import NotFound
from app.domain.revisions import view_of
from app.models import Conversation, User
from app.models.messages import read_range
from app.sequencing.heads import Heads
from app.services import people

PAGE_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is now. ``what``: its kind, or "deleted" or "no longer kept" of a text that says nothing any more;
    ``text`` None: it says nothing."""

    seq: int
    sender: str
    at: datetime
    what: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of a log, oldest first; ``accounts``: their senders who have one; ``before``: of the passage before, if there is
    one."""

    lines: list[Line]
    accounts: dict[str, User]
    before: int | None


class ConversationReading:
    """``allowed``: does whoever runs the processes let administrators read what was said?"""

    def __init__(self, heads: Heads, allowed: bool) -> None:
        self._heads = heads
        self.allowed = allowed

    def find(self, conversation: str, before: int | None) -> tuple[int, int]:
        """The numbers after which the passage before the number ``before`` (None: the last) begins and with which it ends.

        Raises NotFound: there is no such conversation, or nobody may read here.
        """
        if not self.allowed or Conversation.objects(id=conversation).first() is None:
            raise NotFound
        head = self._heads.of([conversation], exact=True)[conversation]
        last = head if before is None else min(head, before - 1)
        return max(0, last - PAGE_ENTRIES), last

    def read(self, conversation: str, after: int, last: int) -> Passage:
        """The entries ``after + 1 … last``, as they are now."""
        lines = [_line(entry) for entry in read_range(conversation, after, last)]
        return Passage(lines, people.load(line.sender for line in lines), after + 1 if after > 0 else None)


def _line(entry: Entry) -> Line:
    what, text = entry.kind if entry.target is None else f"{entry.kind} {entry.target}", None
    if entry.expired:
        what = "no longer kept"
    elif entry.kind == "text":
        now = view_of(entry)
        what, text = ("deleted", None) if now.deleted_at is not None else ("text", now.body)
    return Line(entry.seq, entry.sender, datetime.fromtimestamp(entry.created_at / 1000, UTC), what, text)
