"""What is said before and beside the events: tokens that are worth nothing, and packets that nobody sends by accident."""

import json
import pickle
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import socketio
import websocket
from redis import Redis

from app.models import Device
from app.services.devices import Devices
from app.services.tokens import Tokens
from app.stores import connect_redis
from config import Settings
from tests.installation import Installation, Web
from tests.system.conftest import Person, wait_until

Make = Callable[[str], Person]
HANDSHAKE = "/socket.io/?EIO=4&transport=websocket"
DEPTHS = (100, 900, 1_100, 20_000)


@pytest.fixture
def tokens_of_yesterday(installation: Installation) -> Iterator[Tokens]:
    """The server's own, two days ago."""
    settings = Settings.from_env(installation.environment)
    redis = connect_redis(settings.redis_url)
    yield Tokens(settings, Devices(redis, publisher=None), lambda: int(time.time()) - 2 * 86_400)
    redis.close()


def opened(web: Web, token: str | None = None) -> websocket.WebSocket:
    """A socket; with a token, one that was let in and greeted."""
    link = websocket.create_connection(f"ws://localhost:{web.port}{HANDSHAKE}", timeout=15, suppress_origin=True)
    if token is not None:
        link.send("40" + json.dumps({"token": token}))
        while not str(link.recv()).startswith("42"):
            pass
    return link


def said(link: websocket.WebSocket) -> str:
    """The next thing that is no ping; raises where the socket was closed."""
    while True:
        frame = link.recv_frame()
        if frame.opcode == websocket.ABNF.OPCODE_CLOSE:
            raise websocket.WebSocketConnectionClosedException(int.from_bytes(frame.data[:2], "big"))
        if frame.data not in (b"2", b""):
            return str(frame.data.decode())


def test_an_expired_token_opens_no_socket(web: Web, person: Make, tokens_of_yesterday: Tokens) -> None:
    ada = person("Ada")
    device = Device.objects.get(user=ada.id)
    expired, _ = tokens_of_yesterday.issue(ada.id, device.id)
    refused = socketio.Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        refused.connect(web.url, auth={"token": expired}, transports=["websocket"], wait_timeout=10)
    assert not refused.connected
    assert ada.client(web.url).call("heads", visible=True)["ok"], "the device itself may"


def test_no_event_is_heard_before_somebody_was_let_in(web: Web, person: Make, group: Callable[..., str]) -> None:
    ada = person("Ada")
    chat = group(ada)
    links = [opened(web), opened(web)]
    links[1].send("40" + json.dumps({"token": "x.y.z"}))
    for link in links:
        message = {"conversation": chat, "client_id": "00000000-0000-4000-8000-000000000002", "body": "let in?"}
        link.send("421" + json.dumps(["post", message]))
    for link in links:
        with pytest.raises((websocket.WebSocketException, OSError)):
            while not said(link).startswith("43"):
                pass
            pytest.fail("it was answered")
    assert ada.client(web.url).call("sync", conversation=chat, after=0)["entries"] == []


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("beginning", ["40", '421["post",', '42["post",', '451-["post",'])
def test_deep_json_is_refused_or_ends_that_socket_and_no_other(
    web: Web, person: Make, depth: int, beginning: str
) -> None:
    ada = person("Ada")
    neighbour = person("Ben").client(web.url)
    before = len(web.log.read_text())
    link = opened(web, None if beginning == "40" else ada.token)
    link.send(beginning + "[" * depth + "]" * depth + ("]" if "[" in beginning else ""))
    try:
        if beginning.startswith("421"):
            assert '"code":"invalid"' in said(link)
        elif beginning == "40":
            assert said(link).startswith(("0", "44"))
    except (websocket.WebSocketException, OSError):
        pass  # closed: that is an answer, too
    assert neighbour.call("heads", visible=True)["ok"]
    assert "Traceback" not in web.log.read_text()[before:]
    assert ada.client(web.url).call("heads", visible=True)["ok"]


@pytest.fixture(scope="module")
def polled(installation: Installation) -> Web:
    """A server where clients may poll, and so send several packets in one request."""
    return installation.web(SOCKET_TRANSPORTS="websocket,polling", STICKY_SESSIONS="true")


@pytest.mark.parametrize(
    "data",
    ["\x1e".join(['42["heads",{}]'] * 17), "4" + "x" * 70_000, "4", "d=", "d", "9", "b!", "\xff".encode("latin-1")],
    ids=["seventeen packets", "too large", "no event", "no data", "no packet", "unknown", "no base64", "no text"],
)
def test_what_a_polling_client_may_not_send_ends_its_connection(polled: Web, person: Make, data: str | bytes) -> None:
    web, before = polled, len(polled.log.read_text())
    with requests.Session() as asker:
        url = f"{web.url}/socket.io/?EIO=4&transport=polling"
        sid = json.loads(asker.get(url, timeout=10).text[1:])["sid"]
        answer = asker.post(f"{url}&sid={sid}", data=data, timeout=10)
        assert answer.status_code in (200, 400), "and at once: nobody waits until it is heard"
        assert asker.get(f"{url}&sid={sid}", timeout=10).status_code == 400, "the session is over"
    assert "Traceback" not in web.log.read_text()[before:]
    assert person("Ada").client(web.url).call("heads", visible=True)["ok"]


def test_what_is_pickled_into_the_queue_runs_nothing(
    installation: Installation, web: Web, person: Make, group: Callable[..., str]
) -> None:
    """python-socketio's queue was pickle once: whoever could write to Redis ran code on every server."""
    mark = installation.folder / "pwned"
    ada = person("Ada")
    chat = group(ada)
    client = ada.client(web.url)

    class Bomb:
        def __reduce__(self) -> Any:
            return mark.touch, ()

    with Redis.from_url(installation.environment["REDIS_URL"]) as redis:
        channels = [name for name in redis.pubsub_channels() if b"socket" in name or b"chatter" in name]
        heard = redis.pubsub(ignore_subscribe_messages=True)
        heard.subscribe(*channels)
        for channel in channels:
            for forged in (pickle.dumps(Bomb()), b"5", b'{"packed":', b'{"packed":[{"conversation":5}]}'):
                assert redis.publish(channel, forged) >= 1

        def heard_again() -> bool:
            assert client.post(chat, "still here")["ok"]
            return bool(client.entries(chat))

        wait_until(heard_again)
        queued: list[bytes] = []
        wait_until(lambda: queued.append((heard.get_message(timeout=1) or {"data": b""})["data"]) or _facts(queued))
        heard.close()
    assert not mark.exists()
    assert all(json.loads(data) for data in _facts(queued)), "what is told is JSON"


def _facts(queued: list[bytes]) -> list[bytes]:
    return [data for data in queued if b"still here" in data]
