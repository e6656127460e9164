"""The log backwards and by date: what scrolling up and jumping to a day ask for."""

from bisect import bisect_left

from app.domain.commands import SYNC_PAGE_ENTRIES, Sync
from app.models.messages import read_many
from app.sequencing.heads import Heads
from app.services.access import Access
from app.services.messages import Messages, SyncPage


class History:
    def __init__(self, access: Access, heads: Heads, messages: Messages) -> None:
        self._access = access
        self._heads = heads
        self._messages = messages

    def before(self, user: str, conversation: str, before: int, limit: int = SYNC_PAGE_ENTRIES) -> SyncPage:
        """The ``limit`` (1 to 200) entries that end right before number ``before``, contiguous.

        ``complete``: there is nothing earlier for this user. Raises NotAMember.
        """
        first = self._access.reader(user, conversation).places[user].from_seq
        after = max(before - 1 - limit, 0)
        page = self._messages.sync(user, Sync(conversation=conversation, after=after, until=max(before - 1, 0)))
        return SyncPage(page.conversation, page.entries, page.head, page.head_ordinal, complete=after < first)

    def first_at(self, user: str, conversation: str, moment: int) -> int:
        """The number of the first entry from ``moment`` (ms) on; after the last one the last, 0 where there is none.

        Times never go back along the log and its numbers have no holes, so a binary search of point reads finds it.
        Raises NotAMember.
        """
        self._access.reader(user, conversation)
        last = self._heads.of([conversation])[conversation]
        place = self._access.place(user, conversation)  # after the head
        if place.until_seq is not None:
            last = min(last, place.until_seq)
        if last < place.from_seq:
            return 0
        seqs = range(place.from_seq, last)
        found = bisect_left(seqs, moment, key=lambda seq: _created_at(conversation, seq))
        return place.from_seq + found


def _created_at(conversation: str, seq: int) -> int:
    return read_many([(conversation, seq)])[conversation, seq].created_at
