"""Pages that were read a moment ago: shared, bounded, soon forgotten."""

import gevent
import pytest
from pymongo.errors import AutoReconnect

from app.domain.entries import Entry
from app.services import pages as pages_module
from app.services.pages import Pages


class Shelf:
    """Counts what is read from it; ``away`` makes it fail."""

    def __init__(self, body: str = "hello") -> None:
        self.reads: list[tuple[str, int, int]] = []
        self.away = False
        self._body = body

    def read(self, conversation: str, after: int, until: int) -> list[Entry]:
        self.reads.append((conversation, after, until))
        gevent.sleep(0.01)
        if self.away:
            raise AutoReconnect
        return [Entry(conversation, n, n, "text", "u", str(n), self._body, 0) for n in range(after + 1, until + 1)]


def test_a_full_page_is_read_once_for_all_who_ask_within_seconds() -> None:
    shelf, now = Shelf(), [0.0]
    pages = Pages(lambda: now[0], shelf.read)
    jobs = [gevent.spawn(pages.read, "c", 0, 200) for _ in range(5)]
    gevent.joinall(jobs, raise_error=True)
    assert [len(job.value) for job in jobs] == [200] * 5
    assert [entry.seq for entry in pages.read("c", 0, 200)] == list(range(1, 201))
    assert len(shelf.reads) == 1
    now[0] += pages_module.REMEMBER_S
    pages.read("c", 0, 200)
    assert len(shelf.reads) == 2


def test_the_end_of_a_log_is_read_anew() -> None:
    shelf = Shelf()
    pages = Pages(read=shelf.read)
    pages.read("c", 200, 250)
    pages.read("c", 200, 250)
    assert len(shelf.reads) == 2


def test_a_page_with_an_entry_that_changed_is_read_anew_and_no_other() -> None:
    shelf = Shelf()
    pages = Pages(read=shelf.read)
    for conversation, after in (("c", 0), ("c", 200), ("d", 0)):
        pages.read(conversation, after, after + 200)
    pages.forget("c", [200])
    for conversation, after in (("c", 0), ("c", 200), ("d", 0)):
        pages.read(conversation, after, after + 200)
    assert shelf.reads[3:] == [("c", 0, 200)]
    pages.forget(None)
    pages.read("d", 0, 200)
    assert len(shelf.reads) == 5


def test_a_page_that_is_being_read_while_it_changes_is_not_kept() -> None:
    shelf = Shelf()
    pages = Pages(read=shelf.read)
    reading = gevent.spawn(pages.read, "c", 0, 200)
    gevent.sleep(0)
    pages.forget("c", [7])
    after = gevent.spawn(pages.read, "c", 0, 200)
    gevent.joinall([reading, after], raise_error=True)
    assert len(shelf.reads) == 2
    pages.read("c", 0, 200)
    assert len(shelf.reads) == 2


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "REMEMBER_BYTES", 3 * 200 * (pages_module.ENTRY_BYTES + 5))
    shelf = Shelf()
    pages = Pages(read=shelf.read)
    for after in range(0, 2_000, 200):
        pages.read("c", after, after + 200)
    assert len(pages._known) == 3
    pages.read("c", 0, 200)
    assert len(shelf.reads) == 11
    large = Shelf("x" * 8_000)
    Pages(read=large.read).read("c", 0, 200)


def test_an_error_is_told_to_all_who_wait_and_to_nobody_later() -> None:
    shelf = Shelf()
    pages = Pages(read=shelf.read)
    shelf.away = True
    jobs = [gevent.spawn(pages.read, "c", 0, 200) for _ in range(3)]
    gevent.joinall(jobs)
    assert [type(job.exception) for job in jobs] == [AutoReconnect] * 3
    assert len(shelf.reads) == 1
    shelf.away = False
    assert len(pages.read("c", 0, 200)) == 200
