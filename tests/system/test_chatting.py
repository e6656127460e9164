"""Two people on two servers, with a stock Socket.IO client: the wire does what docs/wire.md says."""

import signal
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import socketio
from redis import Redis

from app.domain.ids import shard_of
from app.sequencing import keys
from tests.installation import Installation
from tests.system.conftest import Person, wait_until

Make = Callable[[str], Person]
Group = Callable[..., str]


def test_messages_cross_servers_in_order_and_unread_is_derived(
    installation: Installation, person: Make, group: Group
) -> None:
    installation.worker()
    here, there = installation.web(), installation.web()
    ada, bob = person("Ada"), person("Bob")
    conversation = group(ada, bob)
    a, b = ada.client(here.url), bob.client(there.url)
    acks = [a.post(conversation, f"a{i}") for i in range(10)] + [b.post(conversation, f"b{i}") for i in range(10)]
    assert [ack["seq"] for ack in acks] == list(range(1, 21))
    for client in (a, b):
        client.wait_for(lambda c: len(c.entries(conversation)) >= 20)
        assert [entry["seq"] for entry in client.entries(conversation)] == list(range(1, 21))
    assert a.entries(conversation) == b.entries(conversation)
    page = b.call("sync", conversation=conversation, after=15)
    assert [entry["seq"] for entry in page["entries"]] == [16, 17, 18, 19, 20]
    assert (page["head"], page["head_ordinal"], page["complete"]) == (20, 20, True)
    assert b.call("heads", visible=True)["heads"] == {conversation: 20}


def test_many_posting_at_once_through_two_servers_see_one_log(
    installation: Installation, person: Make, group: Group
) -> None:
    servers = [installation.web(), installation.web()]
    installation.worker()
    people = [person(f"P{i}") for i in range(4)]
    conversation = group(*people)
    clients = [one.client(servers[i % 2].url) for i, one in enumerate(people)]
    threads = [
        threading.Thread(target=lambda c=client: [c.post(conversation, f"m{i}") for i in range(25)])
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.wait_for(lambda c: len(c.entries(conversation)) >= 100)
        assert [entry["seq"] for entry in client.entries(conversation)] == list(range(1, 101))
    assert all(client.entries(conversation) == clients[0].entries(conversation) for client in clients)


def test_a_worker_killed_in_the_middle_costs_seconds_and_nothing_else(
    installation: Installation, person: Make, group: Group
) -> None:
    worker = installation.worker()
    web = installation.web()
    ada, bob = person("Ada"), person("Bob")
    conversation = group(ada, bob)
    a, b = ada.client(web.url), bob.client(web.url)
    for i in range(30):
        if i == 10:
            worker.kill()
        client_id, ack = str(uuid.uuid4()), {"ok": False, "code": "pending"}
        while not ack["ok"]:
            assert ack["code"] in ("pending", "degraded"), ack
            ack = a.post(conversation, f"m{i}", client_id)
        assert ack["seq"] == i + 1
    b.wait_for(lambda c: len({entry["seq"] for entry in c.entries(conversation)}) == 30)


BAD_INPUT: list[tuple[str, Any, str]] = [
    ("post", {}, "invalid"),
    ("post", "text", "invalid"),
    ("post", None, "invalid"),
    ("post", {"conversation": {"$ne": ""}, "client_id": "x", "body": "y"}, "invalid"),
    ("post", {"conversation": "0" * 22, "client_id": str(uuid.UUID(int=1)), "body": "hi"}, "not_found"),
    ("post", {"conversation": "0" * 22, "client_id": str(uuid.UUID(int=1)), "body": "  \n "}, "invalid"),
    ("post", {"conversation": "0" * 22, "client_id": str(uuid.UUID(int=1)), "body": "x" * 8_001}, "invalid"),
    ("post", {"conversation": "0" * 22, "client_id": str(uuid.UUID(int=1)), "body": "x", "seq": 5}, "invalid"),
    ("sync", {"conversation": "0" * 22, "after": -1}, "invalid"),
    ("sync", {"conversation": "0" * 22, "after": 0}, "not_found"),
    ("read", {"conversation": "0" * 22, "read": 1}, "not_found"),
    ("typing", {"conversation": "0" * 22, "active": True}, "not_found"),
    ("heads", {"visible": "yes"}, "invalid"),
    ("destroy", {}, "invalid"),
]


def test_bad_input_gets_a_typed_refusal_and_the_socket_lives(installation: Installation, person: Make) -> None:
    client = person("Eve").client(installation.web().url)
    for event, payload, code in BAD_INPUT:
        answer = client.io.call(event, payload, timeout=10)
        assert (answer["ok"], answer["code"]) == (False, code), (event, payload, answer)
        assert "Traceback" not in str(answer)
    assert client.call("heads", visible=True) == {"ok": True, "heads": {}}


def test_without_a_token_or_with_a_forged_one_no_socket_opens(installation: Installation) -> None:
    web = installation.web()
    for auth in (None, {}, {"token": "x.y.z"}, {"token": 5}):
        client = socketio.Client(reconnection=False)
        with pytest.raises(socketio.exceptions.ConnectionError):
            client.connect(web.url, auth=auth, transports=["websocket"], wait_timeout=5)
        assert not client.connected


def test_a_dead_workers_shards_are_taken_over_within_five_seconds(
    installation: Installation, person: Make, group: Group
) -> None:
    workers = [installation.worker(), installation.worker()]
    web = installation.web(EMBEDDED_COMMITTER="false")
    ada = person("Ada")
    client = ada.client(web.url)
    shards = {shard_of(conversation, 4): conversation for conversation in (group(ada) for _ in range(40))}
    assert len(shards) == 4
    wait_until(lambda: all(worker.log.read_text().count("lease_taken") >= 2 for worker in workers))
    workers[0].kill()
    died = time.monotonic()
    for conversation in shards.values():
        client_id = str(uuid.uuid4())
        while not client.post(conversation, "anybody?", client_id)["ok"]:
            pass
    assert time.monotonic() - died < 5.5, "five seconds, and one message"


def test_after_redis_was_set_back_every_number_is_still_told(
    installation: Installation, person: Make, group: Group, clean_redis_url: str
) -> None:
    web = installation.web()
    ada = person("Ada")
    chat = group(ada)
    client = ada.client(web.url)
    for body in ("one", "two", "three"):
        assert client.post(chat, body)["ok"]
    assert client.call("heads", visible=True) == {"ok": True, "heads": {chat: 3}}
    with Redis.from_url(clean_redis_url) as redis:
        redis.hset(keys.sequence(shard_of(chat, 4), chat), "committed", 1)  # as an older dump would have it
        redis.client_kill_filter(_type="pubsub")  # as a restart would do
    wait_until(lambda: client.call("heads", visible=True).get("heads") == {chat: 3}, 5)
    answer = client.call("sync", conversation=chat, after=0)
    assert [entry["body"] for entry in answer["entries"]] == ["one", "two", "three"]


def test_a_server_that_is_told_to_stop_answers_what_it_was_asked(
    installation: Installation, person: Make, group: Group
) -> None:
    worker = installation.worker()
    web = installation.web(EMBEDDED_COMMITTER="false")
    ada = person("Ada")
    chat = group(ada)
    client = ada.client(web.url)
    assert client.post(chat, "before")["seq"] == 1
    answers: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: answers.append(client.post(chat, "meanwhile")))
    stream = keys.stream(shard_of(chat, 4))
    with Redis.from_url(installation.environment["REDIS_URL"]) as redis:
        wait_until(lambda: redis.xlen(stream) == 0)
        worker.signal(signal.SIGSTOP)
        asking.start()
        wait_until(lambda: redis.xlen(stream) == 1)
    web.signal(signal.SIGTERM)
    time.sleep(0.3)  # closing at once would have happened by now
    worker.signal(signal.SIGCONT)
    asking.join(10)
    assert [answer.get("seq") for answer in answers] == [2]
