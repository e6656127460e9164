"""Many lookups at about the same time are few, and each hears of its own."""

import gevent
import pytest
from gevent.event import Event

from app.services.gathering import UNDER_WAY, Gathering


class Lookups:
    """Finds a key's double, except for "missing"; stands still until ``go``."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.go = Event()

    def __call__(self, keys: list[str]) -> dict[str, str]:
        self.asked.append(keys)
        self.go.wait()
        if "bad" in keys:
            raise ValueError("bad")
        return {key: key * 2 for key in keys if key != "missing"}


def test_what_is_asked_while_others_are_looked_up_is_looked_up_together() -> None:
    lookups = Lookups()
    gathering = Gathering(lookups)
    asks = [gevent.spawn(gathering.ask, [key]) for key in "abcdefgh"]
    gevent.sleep(0)
    lookups.go.set()
    assert [ask.get(timeout=2) for ask in asks] == [{key: key * 2} for key in "abcdefgh"]
    assert len(lookups.asked) <= UNDER_WAY + 1
    assert sorted(key for keys in lookups.asked for key in keys) == list("abcdefgh")


def test_a_lookup_has_few_keys_however_many_ask() -> None:
    lookups = Lookups()
    gathering = Gathering(lookups, at_once=4)
    asks = [gevent.spawn(gathering.ask, [f"{n}", f"{n}'"]) for n in range(20)]
    gevent.sleep(0)
    lookups.go.set()
    gevent.joinall(asks, timeout=2, raise_error=True)
    assert max(map(len, lookups.asked)) == 4


def test_what_is_not_found_is_left_out_and_nothing_is_asked_for_nothing() -> None:
    lookups = Lookups()
    lookups.go.set()
    gathering = Gathering(lookups)
    assert gathering.ask(["missing", "a"]) == {"a": "aa"}
    assert gathering.ask([]) == {}
    assert lookups.asked == [["missing", "a"]]


def test_an_error_reaches_those_who_asked_together_and_nobody_after_them() -> None:
    lookups = Lookups()
    lookups.go.set()
    gathering = Gathering(lookups)
    with pytest.raises(ValueError, match="bad"):
        gathering.ask(["bad"])
    assert gathering.ask(["a"]) == {"a": "aa"}


def test_what_is_answered_was_looked_up_after_it_was_asked_for() -> None:
    lookups = Lookups()
    gathering = Gathering(lookups)
    first = [gevent.spawn(gathering.ask, ["a"]) for _ in range(UNDER_WAY)]
    gevent.sleep(0)
    late = gevent.spawn(gathering.ask, ["a"])
    gevent.sleep(0)
    before = len(lookups.asked)
    lookups.go.set()
    gevent.joinall([*first, late], timeout=2, raise_error=True)
    assert len(lookups.asked) > before
