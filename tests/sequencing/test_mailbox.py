"""A subscription that outlives what happens to its connection."""

import time

import gevent
import orjson
import pytest
from redis import Redis
from structlog.testing import capture_logs

from app.sequencing import mailbox
from app.sequencing.mailbox import Mailbox
from tests.sequencing.conftest import wait_for


def subscribers(redis: Redis) -> list[str]:
    return [client["id"] for client in redis.client_list(_type="pubsub")]


def hears(redis: Redis, heard: list[object], word: str, within_s: float = 5) -> None:
    def told() -> bool:
        redis.publish("a", orjson.dumps(word).decode())
        gevent.sleep(0.05)
        return word in heard

    wait_for(told, within_s)


@pytest.fixture
def heard(redis: Redis):
    heard: list[object] = []
    box = Mailbox(redis, {"a": heard.append})
    box.start()
    wait_for(lambda: subscribers(redis))
    yield heard
    box.stop()


def test_hears_again_within_two_seconds_of_being_cut_off(redis: Redis, heard: list[object]) -> None:
    hears(redis, heard, "before")
    redis.client_kill_filter(_type="pubsub")
    began = time.monotonic()
    hears(redis, heard, "after")
    assert time.monotonic() - began < 2


def test_keeps_a_quiet_subscription(redis: Redis, heard: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "PING_EVERY_S", 0.5)
    monkeypatch.setattr(mailbox, "SILENCE_S", 2.5)
    [before] = subscribers(redis)
    gevent.sleep(4)
    assert subscribers(redis) == [before], "a link that answers pings was taken for dead"


def test_a_handler_that_fails_does_not_end_the_listening(redis: Redis) -> None:
    heard: list[object] = []

    def handle(note: object) -> None:
        heard.append(note)
        raise ValueError("a bug")

    box = Mailbox(redis, {"a": handle})
    box.start()
    wait_for(lambda: subscribers(redis))
    hears(redis, heard, "one")
    hears(redis, heard, "two")
    box.stop()


def test_a_note_that_is_no_text_does_not_end_the_listening(redis: Redis, heard: list[object]) -> None:
    redis.publish("a", b"\xff\xfe")
    hears(redis, heard, "after")


def test_a_gap_is_told_after_each_reconnection(redis: Redis) -> None:
    gaps: list[bool] = []
    box = Mailbox(redis, {"a": lambda _: None}, on_gap=lambda: gaps.append(True))
    box.start()
    wait_for(lambda: len(gaps) == 1)
    redis.client_kill_filter(_type="pubsub")
    wait_for(lambda: len(gaps) == 2, 3)
    box.stop()


def test_a_loss_is_logged_once_however_often_it_is_tried_again(
    redis: Redis, heard: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "RETRY_S", 0.05)

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("away")

    with capture_logs() as logs, monkeypatch.context() as away:
        away.setattr("redis.client.PubSub.subscribe", refuse)
        redis.client_kill_filter(_type="pubsub")
        wait_for(lambda: logs)
        gevent.sleep(0.5)
    assert [line["event"] for line in logs] == ["pubsub_lost"]
    hears(redis, heard, "after")
    with capture_logs() as logs, monkeypatch.context() as away:
        away.setattr("redis.client.PubSub.subscribe", refuse)
        redis.client_kill_filter(_type="pubsub")
        wait_for(lambda: logs)
    assert logs[0]["event"] == "pubsub_lost", "another loss is another line"
