"""Two people chat while both stores speak TLS alone, and Redis knows Chatter as a user who may little."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError
from redis import Redis
from redis.exceptions import ConnectionError, NoPermissionError, ResponseError

from app.sequencing import keys
from tests.installation import ROOT, Installation
from tests.system.conftest import people
from tests.tls_stores import ACL, Authority, TlsMongo, TlsRedis

LUA = sorted((ROOT / "app").rglob("*.lua"))
HIDDEN = {"config|get", "client|setinfo"}
"""What is asked, and may be refused: whether there is an append-only file; to be told the name of the client library."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def redis(tmp_path: Path, authority: Authority) -> Iterator[TlsRedis]:
    with TlsRedis(tmp_path / "redis", authority) as server:
        yield server


@pytest.fixture
def mongo(tmp_path: Path, authority: Authority) -> Iterator[TlsMongo]:
    with TlsMongo(tmp_path / "mongo", authority) as server:
        yield server


def test_two_people_chat_over_tls_and_nothing_more_is_asked_of_redis(
    redis: TlsRedis, mongo: TlsMongo, tmp_path: Path
) -> None:
    with Installation(tmp_path, redis.url, mongo.uri) as installation:
        installation.worker()
        here = installation.web(wait=False, EMBEDDED_COMMITTER="false")
        there = installation.web()
        here.wait_until_ready()
        conversation, (ada, ben) = people(installation.environment, "Ada", "Ben")
        a, b = ada.client(here.url), ben.client(there.url)
        for n in range(6):
            assert (a, b)[n % 2].post(conversation, f"{n}")["seq"] == n + 1
        for client in (a, b):
            client.wait_for(lambda c: [e["seq"] for e in c.entries(conversation)] == [1, 2, 3, 4, 5, 6])
        assert a.call(
            "react", conversation=conversation, client_id=str(uuid.uuid4()), target=1, emoji="👍", active=True
        )["ok"]
        assert b.call("typing", conversation=conversation, active=True)["ok"]
        assert b.call("read", conversation=conversation, read=6)["ok"]
        with requests.Session() as browser:  # a session, a challenge and limits
            page = browser.get(f"{here.url}/sign-in", timeout=10)
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
            assert token
            form = {"csrf_token": token[1], "region": "US", "number": "201 555 0123"}
            assert browser.post(f"{here.url}/sign-in/phone", data=form, timeout=20).url.endswith("/sign-in/code")
        for one in (ada, ben):
            one.close()
        examined = installation.run("-m", "app.doctor")
        assert examined.returncode == 0, examined.stdout
    with redis.administrator() as administrator:
        refused = {entry["object"] for entry in administrator.acl_log()}
    assert refused <= HIDDEN


def test_who_does_not_trust_the_authority_does_not_speak(redis: TlsRedis, mongo: TlsMongo) -> None:
    bare = redis.url.partition("?")[0]
    for url in (bare, bare.replace("rediss:", "redis:")):
        with pytest.raises(ConnectionError), Redis.from_url(url, socket_timeout=3) as client:
            client.ping()
    for uri in (mongo.uri.partition("&tlsCAFile")[0], mongo.uri.partition("&tls=")[0]):
        with pytest.raises(ServerSelectionTimeoutError), MongoClient(uri, serverSelectionTimeoutMS=700) as client:
            client.admin.command("ping")


def test_the_user_may_no_more_than_it_needs(redis: TlsRedis) -> None:
    with Redis.from_url(redis.url, decode_responses=True) as client:
        assert client.set(keys.SHARD_COUNT, "4")
        for command in (
            ("GET", "somebody-elses"), ("SET", "somebody-elses", "1"), ("FLUSHALL",), ("FLUSHDB",), ("KEYS", "*"), ("SHUTDOWN",),
            ("CONFIG", "SET", "maxmemory", "1"), ("ACL", "LIST"), ("REPLICAOF", "NO", "ONE"),
            ("PUBLISH", "somebody-elses", "x"), ):  # fmt: skip
            with pytest.raises(NoPermissionError):
                client.execute_command(*command)
        with pytest.raises(ResponseError, match=r"can't access|ACL failure"):
            client.eval("return redis.call('GET', 'somebody-elses')", 0)


def test_the_rules_name_every_pattern_and_every_command_of_the_scripts() -> None:
    words = ACL.read_text().replace("\\\n", " ").split()
    assert {word.removeprefix("~") for word in words if word.startswith("~")} == set(keys.ALL_KEYS)
    assert [word for word in words if word.startswith("&")] == [f"&{keys.ALL_CHANNELS}"]
    called = {name.lower() for path in LUA for name in re.findall(r"redis\.call\('(\w+)'", path.read_text())}
    assert len(called) > 15
    assert called - {word.removeprefix("+") for word in words if word.startswith("+")} == set()
