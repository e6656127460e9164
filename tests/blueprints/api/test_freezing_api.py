"""A frozen conversation over REST, on a running server: its committer hears of it at once, and of the end of it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis

from app.realtime.publisher import SocketPublisher
from app.sequencing.heads import Heads
from app.services.access import Access
from app.services.conversation_control import ConversationControl
from app.services.conversations import Conversations
from app.services.presence import Presence
from app.services.visibility import Visibility
from tests.blueprints.api.conftest import Asker
from tests.installation import Installation
from tests.services.world import CountingLimits, eventually


@pytest.fixture
def control(installation: Installation) -> ConversationControl:
    """As in any of the servers' processes."""
    redis = Redis.from_url(installation.environment["REDIS_URL"], decode_responses=True)
    publisher = SocketPublisher(redis, redis)
    presence = Presence(redis, "elsewhere", publisher, Visibility())
    limits: Any = CountingLimits()
    conversations = Conversations(Heads(redis, 4), presence, publisher, limits)
    messages: Any = None
    return ConversationControl(redis, messages, conversations, Access(), publisher)


def say(asker: Asker, conversation: str) -> int:
    body = {"client_id": str(uuid.uuid4()), "body": "hello"}
    return asker.post(f"/conversations/{conversation}/entries", json=body).status_code


def test_writing_is_refused_until_it_is_unfrozen(asker: Callable[..., Asker], control: ConversationControl) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    chat = ada.post("/conversations", json={"user": ben.id}).json()["id"]
    assert say(ada, chat) == 201
    control.freeze(chat)
    eventually(lambda: say(ada, chat) == 403)
    reaction = {"client_id": str(uuid.uuid4()), "emoji": "👍", "active": True}
    refused = ada.post(f"/conversations/{chat}/entries/1/reactions", json=reaction)
    assert (refused.status_code, "frozen" in refused.json()["message"]) == (403, True)
    assert ada.get(f"/conversations/{chat}").json()["frozen"] is True
    control.unfreeze(chat)
    eventually(lambda: say(ada, chat) == 201)
    assert ben.get(f"/conversations/{chat}").json()["frozen"] is False
