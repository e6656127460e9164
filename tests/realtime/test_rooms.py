"""Who hears what after members came and went, whatever room their socket was in."""

from typing import Any

import pytest
import socketio

from app.realtime import broadcast, rooms
from app.realtime.broadcast import BroadcastManager, Move
from app.realtime.rooms import NAMESPACE
from app.services import messages as messages_module


@pytest.fixture
def manager(clean_redis_url: str) -> BroadcastManager:
    manager = BroadcastManager(None, clean_redis_url)  # type: ignore[arg-type]
    server = socketio.Server(client_manager=socketio.Manager(), async_mode="threading")
    manager.set_server(server)
    return manager


def socket(manager: BroadcastManager, user: str, *names: str) -> str:
    sid: str = manager.connect(f"transport of {user}", NAMESPACE)
    for name in (rooms.of_user(user), *names):
        manager.enter_room(sid, NAMESPACE, name)
    return sid


def hears(manager: BroadcastManager, epoch: int) -> set[str]:
    return {sid for sid, _ in manager.get_participants(NAMESPACE, rooms.of_conversation("c", epoch))}


def test_those_who_stay_go_on_and_who_went_stays_behind(manager: BroadcastManager) -> None:
    old = rooms.of_conversation("c", 0)
    ada, ben = socket(manager, "ada", old), socket(manager, "ben", old)
    dan = socket(manager, "dan")
    manager._move(Move("c", 7, gone=("ben",)))
    assert (hears(manager, 7), hears(manager, 0)) == ({ada}, set())
    manager._move(Move("c", 7, joined=("dan", "ben")))
    assert hears(manager, 7) == {ada, ben, dan}


def test_who_went_is_put_out_of_the_new_room_too(manager: BroadcastManager) -> None:
    """A socket that connected in just that moment may have been let into it."""
    old, new = rooms.of_conversation("c", 0), rooms.of_conversation("c", 7)
    ada = socket(manager, "ada", old)
    socket(manager, "ben", new)
    manager._move(Move("c", 7, gone=("ben",)))
    assert hears(manager, 7) == {ada}


def test_who_is_not_let_in_yet_hears_nothing_and_is_moved_with_the_others(
    manager: BroadcastManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client's first packet says that it is connected; its greeting then says where everything stands."""
    told: list[tuple[list[str], str]] = []
    monkeypatch.setattr(broadcast, "tell", lambda _server, transports, packet: told.append((transports, packet)))
    room = rooms.of_conversation("c", 7)
    socket(manager, "ada", room)
    ben: str = manager.pre_connect("transport of ben", NAMESPACE)
    manager.enter_room(ben, NAMESPACE, rooms.of_user("ben"))
    facts = [Move("c", 7, joined=("ben",)), (room, "entries", {}), (rooms.of_user("ben"), "contact", {})]
    (packed,) = broadcast.pack(facts)
    manager._tell(packed)
    assert told == [(["transport of ada"], '42["entries",{}]')]
    assert ben not in hears(manager, 7)
    manager.connect(ben, NAMESPACE)
    manager._tell(packed)
    assert [transports for transports, _ in told[1:]] == [
        ["transport of ada", "transport of ben"],
        ["transport of ben"],
    ]
    assert ben in hears(manager, 7)


def test_who_is_removed_while_connecting_does_not_learn_the_new_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look says they are in it, the epoch read next is the one after the removal."""
    looks = [{"ben": ["group", "direct"], "ada": ["group"]}, {"ben": ["direct"], "ada": ["group"]}]

    class Conversations:
        @staticmethod
        def _get_collection() -> Any:
            return Conversations

        @staticmethod
        def find(*_: Any) -> list[dict[str, Any]]:
            return [{"_id": "group", "kind": "group", "epoch": 7}, {"_id": "direct", "kind": "direct"}]

    monkeypatch.setattr(messages_module, "_conversations_of", lambda _: looks.pop(0))
    monkeypatch.setattr(messages_module, "Conversation", Conversations)
    assert messages_module._rooms_of(["ben", "ada"]) == {"ben": [("direct", 0)], "ada": [("group", 7)]}
