"""What stands at the end of a conversation in a list: the newest entry that is shown by itself."""

from bisect import bisect_left
from collections.abc import Collection, Iterable

from app.domain.entries import REVISION_KINDS, Entry
from app.domain.retention import KIND as EXPIRED
from app.models.messages import read_many, read_range

LOOK_BACK = 100
SILENT_KINDS = REVISION_KINDS | {EXPIRED}


def visible_instead(last: Iterable[Entry], viewers: Collection[str]) -> dict[tuple[str, int, str], Entry]:
    """By conversation, number and viewer, the newest entry that is shown to them where the one of that number is not.

    Looks back a page, and behind a page of nothing but revisions for the newest text.
    """
    found: dict[tuple[str, int, str], Entry] = {}
    for entry in last:
        blind = [viewer for viewer in viewers if not shows(entry, viewer)]
        page = read_range(entry.conversation, max(0, entry.seq - 1 - LOOK_BACK), entry.seq - 1) if blind else []
        if page and page[0].seq > 1 and all(earlier.kind in SILENT_KINDS for earlier in page):
            page = _newest_text(page[0])
        for viewer in blind:
            shown = [earlier for earlier in page if shows(earlier, viewer)]
            if shown:
                found[entry.conversation, entry.seq, viewer] = shown[-1]
    return found


def shows(entry: Entry, viewer: str) -> bool:
    """Does it stand in the viewer's thread by itself?"""
    return viewer not in entry.hidden_from and entry.kind not in SILENT_KINDS


def _newest_text(entry: Entry) -> list[Entry]:
    """The last text before ``entry``, if any: the first entry that has its ordinal."""

    def ordinal(seq: int) -> int:
        return read_many([(entry.conversation, seq)])[entry.conversation, seq].ordinal

    seq = 1 + bisect_left(range(1, entry.seq), entry.ordinal, key=ordinal)
    return list(read_many([(entry.conversation, seq)]).values())
