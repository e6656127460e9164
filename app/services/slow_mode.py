"""Slow mode: how long a group's member waits between two messages, reckoned over all servers.

Judged when a message is accepted: one command to Redis, and only in groups that have it. A retry of the message that
was let through is let through again. Redis emptied means that somebody may write a little sooner, no more.
"""

from redis import Redis

from app.domain.errors import SlowedDown
from app.sequencing import keys


class SlowMode:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def enter(self, user: str, conversation: str, client_id: str, seconds: int) -> None:
        """Let this message through, and no other of the user's for ``seconds``.

        Raises SlowedDown (``retry_after`` in seconds) and RedisError.
        """
        key = keys.slow(conversation, user, seconds)
        known = self._redis.set(key, client_id, nx=True, get=True, px=seconds * 1000)
        if known is None or known == client_id:
            return
        left_ms = self._redis.pttl(key)
        raise SlowedDown(retry_after=max(left_ms, 0) / 1000)

    def leave(self, user: str, conversation: str, client_id: str, seconds: int) -> None:
        """The message that was let through was refused for something else: it did not count."""
        key = keys.slow(conversation, user, seconds)
        if self._redis.get(key) == client_id:
            self._redis.delete(key)
