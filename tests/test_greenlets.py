"""Work is done in greenlets that are used again, and one piece of it knows nothing of the other."""

import gc
import weakref
from contextvars import ContextVar
from typing import Any

import gevent
import pytest
import structlog
from gevent.event import AsyncResult, Event

from app.greenlets import KEPT, soon

NAME: ContextVar[str] = ContextVar("NAME", default="nobody")


def ask(work: object) -> object:
    """What ``work`` answers where ``soon`` calls it."""
    result = AsyncResult()
    soon(lambda: result.set(work()))  # type: ignore[operator]
    return result.get(timeout=5)


def test_one_after_the_other_is_done_in_the_same_greenlet() -> None:
    gevent.sleep(0)
    first = ask(gevent.getcurrent)
    gevent.sleep(0)
    assert ask(gevent.getcurrent) is first
    assert first is not gevent.getcurrent()


def test_nothing_is_done_before_the_loop_comes_round_and_then_in_order() -> None:
    done: list[int] = []
    for n in range(5):
        soon(done.append, n)
    assert done == []
    gevent.sleep(0)
    assert done == [0, 1, 2, 3, 4]


def test_who_waits_holds_up_nobody_and_few_are_kept() -> None:
    gate, greenlets = Event(), set()

    def wait() -> None:
        greenlets.add(gevent.getcurrent())
        gate.wait()

    for _ in range(KEPT + 20):
        soon(wait)
    assert ask(lambda: "not held up") == "not held up"
    assert len(greenlets) == KEPT + 20
    gate.set()
    gevent.sleep(0.05)
    assert sum(not one.dead for one in greenlets) <= KEPT


def test_each_has_the_context_of_who_asked_and_leaves_none_behind() -> None:
    def name_and_rename() -> str:
        found = NAME.get()
        NAME.set("somebody else")
        return found

    token = NAME.set("ada")
    try:
        assert ask(name_and_rename) == "ada"
        assert NAME.get() == "ada"
    finally:
        NAME.reset(token)
    gevent.sleep(0)
    assert ask(NAME.get) == "nobody"


def test_what_is_raised_is_logged_and_the_greenlet_goes_on() -> None:
    def fail() -> None:
        raise ValueError("on purpose")

    gevent.sleep(0)
    with structlog.testing.capture_logs() as said:
        soon(fail)
        gevent.sleep(0)
    assert [line["event"] for line in said] == ["greenlet_failed"]
    assert ask(lambda: "well") == "well"


def test_what_was_done_is_forgotten() -> None:
    class Work:
        def __call__(self) -> None: ...

    work = Work()
    gone = weakref.ref(work)
    soon(work)
    gevent.sleep(0)
    del work
    gc.collect()
    assert gone() is None


def test_who_is_woken_for_nothing_waits_on_and_who_is_ended_is_given_nothing_more() -> None:
    idle: Any = ask(gevent.getcurrent)
    gevent.sleep(0)
    gevent.get_hub().loop.run_callback(idle.switch)
    gevent.sleep(0)
    assert ask(gevent.getcurrent) is idle
    gevent.sleep(0)
    idle.kill()
    assert ask(gevent.getcurrent) is not idle


def test_another_thread_has_its_own() -> None:
    here = ask(gevent.getcurrent)

    def there() -> object:
        found = ask(gevent.getcurrent)
        gevent.get_hub().destroy(destroy_loop=True)
        return found

    found = gevent.get_hub().threadpool.spawn(there).get(timeout=5)
    assert found is not here
    assert ask(lambda: "well") == "well"


@pytest.fixture(autouse=True)
def _settled() -> None:
    """What earlier tests began is done."""
    gevent.sleep(0.01)
