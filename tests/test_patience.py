"""Waiting only so long leaves the work whole."""

import contextvars

import gevent
import pytest
from gevent.lock import BoundedSemaphore
from pymongo import MongoClient

from app.patience import Late, within
from dev.embedded import EmbeddedMongo

NAME: contextvars.ContextVar[str] = contextvars.ContextVar("name")


def test_what_the_work_answers_or_raises_is_answered_or_raised_and_it_sees_what_the_asker_sees() -> None:
    NAME.set("ada")
    assert within(1, NAME.get) == "ada"
    with pytest.raises(ZeroDivisionError):
        within(1, lambda: 1 // 0)


def test_work_that_is_late_goes_on_to_its_end() -> None:
    lock, ended = BoundedSemaphore(1), []

    def work() -> None:
        with lock:
            gevent.sleep(0.1)
        ended.append(True)

    with pytest.raises(Late):
        within(0.01, work)
    gevent.sleep(0.2)
    assert ended == [True]


def test_a_crowd_that_waits_in_vain_leaves_the_drivers_pool_as_it_was(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Broken off in the pool's queue, PyMongo's locks were released once too often, and failed those who came next."""
    with EmbeddedMongo(tmp_path / "mongo") as mongo:
        client: MongoClient[dict[str, object]] = MongoClient(mongo.uri, maxPoolSize=4, waitQueueTimeoutMS=2_000)
        client.admin.command("ping")
        mongo.pause()
        outcomes = [gevent.spawn(_try, client) for _ in range(200)]
        gevent.joinall(outcomes)
        assert {one.value for one in outcomes} == {"late"}
        mongo.resume()
        gevent.sleep(3)
        outcomes = [gevent.spawn(_try, client, 10.0) for _ in range(200)]
        gevent.joinall(outcomes)
        assert {one.value for one in outcomes} == {"answered"}
        client.close()


def _try(client: MongoClient[dict[str, object]], seconds: float = 0.3) -> str:
    try:
        within(seconds, lambda: client.admin.command("ping"))
    except Late:
        return "late"
    except Exception as error:
        return repr(error)
    return "answered"
