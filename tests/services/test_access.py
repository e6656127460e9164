"""What is remembered of a conversation's members: asked once, however many want it, and never older than a change."""

import gevent
import pytest
from gevent.event import Event

from app.domain.errors import NotAMember
from app.services import access as module
from app.services.access import Access, Facts, Place


def facts(*users: str) -> Facts:
    places = {user: Place("member", 1, None) for user in users}
    return Facts("c", "group", 0, "ada", True, places, {})


class Asked:
    """Stands where the facts are read from: each answer is given when ``answer`` says so."""

    def __init__(self) -> None:
        self.times = 0
        self.answers: list[Facts | Exception] = []
        self.may_answer = Event()

    def __call__(self, _conversation: str) -> Facts:
        self.times += 1
        self.may_answer.wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(module, "_load", asked)
    return asked


def test_who_wants_the_same_waits_for_the_one_who_asks(asked: Asked) -> None:
    access = Access()
    waiting = [gevent.spawn(access.member, "ada", "c") for _ in range(20)]
    gevent.sleep(0)
    asked.answers = [facts("ada")]
    asked.may_answer.set()
    gevent.joinall(waiting, raise_error=True)
    assert asked.times == 1
    assert access.member("ada", "c").members == {"ada"}
    assert asked.times == 1


def test_a_failure_is_everybodys_who_waits_and_is_not_remembered(asked: Asked) -> None:
    access = Access()
    waiting = [gevent.spawn(access.member, "ada", "c") for _ in range(5)]
    gevent.sleep(0)
    asked.answers = [OSError("away"), facts("ada")]
    asked.may_answer.set()
    gevent.joinall(waiting)
    assert asked.times == 1
    assert all(isinstance(greenlet.exception, OSError) for greenlet in waiting)
    assert access.member("ada", "c").members == {"ada"}


def test_where_one_who_asks_is_broken_off_the_next_one_asks(asked: Asked) -> None:
    access = Access()
    first = gevent.spawn(access.member, "ada", "c")
    gevent.sleep(0)
    others = [gevent.spawn(access.member, "ada", "c") for _ in range(5)]
    gevent.sleep(0)
    first.kill()
    gevent.sleep(0.01)
    asked.answers = [facts("ada")]
    asked.may_answer.set()
    gevent.joinall(others, timeout=1, raise_error=True)
    assert [greenlet.value.members for greenlet in others] == [{"ada"}] * 5
    assert asked.times == 2


def test_a_change_during_the_asking_wins(asked: Asked) -> None:
    """Ben was removed while the facts were being read: what was read is too old to be remembered or waited for."""
    access = Access()
    early = gevent.spawn(access.member, "ben", "c")
    gevent.sleep(0)
    access.forget("c")
    late = gevent.spawn(access.member, "ben", "c")
    gevent.sleep(0)
    assert asked.times == 2, "the second asked for himself"
    asked.answers = [facts("ada", "ben"), facts("ada")]
    asked.may_answer.set()
    gevent.joinall([early, late])
    assert early.exception is None
    assert isinstance(late.exception, NotAMember)
    with pytest.raises(NotAMember):
        access.member("ben", "c")
    assert asked.times == 2


def test_a_stranger_is_looked_up_again_a_moment_later(asked: Asked) -> None:
    """They may have been added, and the note of it lost; but not at every try."""
    now = [0.0]
    access = Access(lambda: now[0])
    asked.answers = [facts("ada"), facts("ada", "ben")]
    asked.may_answer.set()
    for _ in range(3):
        with pytest.raises(NotAMember):
            access.member("ben", "c")
    assert asked.times == 1
    now[0] += module.SURE_S + 0.1
    assert access.member("ben", "c").members == {"ada", "ben"}
