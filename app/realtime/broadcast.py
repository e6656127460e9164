"""Flask-SocketIO's Redis message queue, with two things mended.

- python-socketio's listener backs off up to a minute and does not notice a half-open link; ours reconnects within a
  second and drops a silent link (``app/sequencing/mailbox.py``).
- An emit reaches the emitting server's sockets first and the queue second, so two servers could show two orders.
  Chatter emits through a write-only manager alone: every server hears every fact from the queue, in one order.
"""

from collections.abc import Iterator
from typing import Any

from redis import Redis
from socketio import PubSubManager
from socketio.redis_manager import RedisManager

from app.realtime import wire_json
from app.sequencing import keys
from app.sequencing.mailbox import listen


class BroadcastManager(RedisManager):  # type: ignore[misc]
    """The receiving side: one per web process."""

    name = "broadcast"

    def __init__(self, redis: Redis, url: str) -> None:
        super().__init__(url, channel=keys.BROADCAST_CHANNEL)
        self._client = redis

    def _publish(self, data: dict[str, Any]) -> Any:
        return self._client.publish(self.channel, wire_json.dumps(data))

    def _listen(self) -> Iterator[Any]:
        yield from listen(self._client, [self.channel])


class Broadcaster(PubSubManager):  # type: ignore[misc]
    """The sending side: publishes and delivers nothing itself. Any process may have one. Raises RedisError."""

    name = "broadcaster"

    def __init__(self, redis: Redis) -> None:
        super().__init__(channel=keys.BROADCAST_CHANNEL, write_only=True, json=wire_json)
        self._client = redis

    def _publish(self, data: dict[str, Any]) -> Any:
        return self._client.publish(self.channel, wire_json.dumps(data))

    def _handle_emit(self, message: dict[str, Any]) -> None:
        """Nothing to deliver here: this process's own sockets hear it from the queue like everybody's."""
