"""The same design in Flask-SocketIO, as its documentation would have it: lock, number, save, emit, unlock, acknowledge.

It speaks Chatter's events with Chatter's payloads, so that the same bytes are measured. A token is a user id.

    REDIS_URL=… MONGODB_URI=… gunicorn -k geventwebsocket.gunicorn.workers.GeventWebSocketWorker server:app
"""

import os
import random
import time
import uuid
from typing import Any

import gevent
import mongoengine
from flask import Flask, request, session
from flask_socketio import SocketIO, join_room
from redis import BlockingConnectionPool, Redis

LOCK_MS = 5_000
LOCK_WITHIN_S = 10.0
RETRY_S = 0.002
PAGE = 200
UNLOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

mongoengine.connect(host=os.environ["MONGODB_URI"], w="majority", journal=True, uuidRepresentation="standard")
# redis-py's default pool refuses its hundred-and-first user at once; this one lets them wait.
redis = Redis(connection_pool=BlockingConnectionPool.from_url(os.environ["REDIS_URL"], max_connections=100))
unlock = redis.register_script(UNLOCK)

app = Flask(__name__)
app.secret_key = "a naive peer signs nothing that matters"
socketio = SocketIO(
    app, async_mode="gevent", message_queue=os.environ["REDIS_URL"], transports=["websocket"], cors_allowed_origins="*"
)


class Message(mongoengine.Document):
    conversation = mongoengine.StringField(required=True)
    seq = mongoengine.IntField(required=True)
    ordinal = mongoengine.IntField(required=True)
    kind = mongoengine.StringField(required=True)
    sender = mongoengine.StringField(required=True)
    client_id = mongoengine.StringField(required=True)
    body = mongoengine.StringField(required=True)
    created_at = mongoengine.IntField(required=True)

    meta = {  # noqa: RUF012
        "collection": "messages",
        "indexes": [{"fields": ("conversation", "seq"), "unique": True}],
    }

    def to_wire(self) -> dict[str, Any]:
        names = ("seq", "ordinal", "kind", "sender", "client_id", "body", "created_at")
        return {name: getattr(self, name) for name in names}


Message.ensure_indexes()


@app.get("/")
def ready() -> str:
    return "ready"


@socketio.on("connect")
def connect(auth: dict[str, str]) -> None:
    session["user"] = auth["token"]


@socketio.on("post")
def post(payload: dict[str, str]) -> dict[str, Any]:
    conversation, holder = payload["conversation"], uuid.uuid4().hex
    limit = time.monotonic() + LOCK_WITHIN_S
    while not redis.set(f"lock:{conversation}", holder, px=LOCK_MS, nx=True):
        if time.monotonic() > limit:
            return {"ok": False, "code": "busy", "message": "The conversation is locked."}
        gevent.sleep(RETRY_S + random.random() * 5 * RETRY_S)
    try:
        seq = int(redis.incr(f"seq:{conversation}"))
        message = Message(
            conversation=conversation,
            seq=seq,
            ordinal=seq,
            kind="text",
            sender=session["user"],
            client_id=payload["client_id"],
            body=payload["body"],
            created_at=int(time.time() * 1000),
        ).save()
        socketio.emit("entries", {"conversation": conversation, "entries": [message.to_wire()]}, to=conversation)
    finally:
        unlock(keys=[f"lock:{conversation}"], args=[holder])
    return {
        "ok": True,
        "conversation": conversation,
        "client_id": message.client_id,
        "seq": seq,
        "ordinal": seq,
        "created_at": message.created_at,
    }


@socketio.on("sync")
def sync(payload: dict[str, Any]) -> dict[str, Any]:
    conversation, after = payload["conversation"], payload["after"]
    join_room(conversation, sid=request.sid)  # type: ignore[attr-defined]
    head = int(redis.get(f"seq:{conversation}") or 0)
    page = Message.objects(conversation=conversation, seq__gt=after, seq__lte=after + PAGE).order_by("seq")
    return {
        "ok": True,
        "conversation": conversation,
        "entries": [message.to_wire() for message in page],
        "head": head,
        "head_ordinal": head,
        "complete": after + PAGE >= head,
    }
