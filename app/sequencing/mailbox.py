"""Hear a Redis channel for as long as the process lives, whatever happens to the connection.

redis-py's own listening backs off too long and does not notice a half-open link; this one reconnects within a second
and pings: a silent link is dropped after ``SILENCE_S``.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gevent
import orjson
import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.stores import cause_of

log = structlog.get_logger(__name__)

PING_EVERY_S = 4.0
SILENCE_S = 10.0
RETRY_S = 0.5


def listen(redis: Redis, channels: list[str], on_gap: Callable[[], None] | None = None) -> Iterator[Any]:
    """Yield the raw data of every message on ``channels``, for ever.

    ``on_gap`` is called for each channel whenever a link stands, the first too: what was said before is lost.
    """
    lost = False

    def stands() -> None:
        nonlocal lost
        lost = False
        if on_gap is not None:
            on_gap()

    while True:
        pubsub = redis.pubsub()
        try:
            pubsub.subscribe(*channels)
            yield from _until_silent(pubsub, stands)
        except (RedisError, OSError) as error:
            if not lost:  # said once for each loss, however often it is tried again
                log.warning("pubsub_lost", channels=channels, **cause_of(error))
            lost = True
        except Exception:
            # A note that cannot be read, or a bug: a process that stopped listening would be deaf until its end.
            log.exception("pubsub_failed", channels=channels)
        finally:
            try:
                pubsub.close()
            except (RedisError, OSError):
                pass
        gevent.sleep(RETRY_S)


def _until_silent(pubsub: Any, stands: Callable[[], None]) -> Iterator[Any]:
    """Read the link itself: redis-py's ``get_message`` costs several times what most messages say."""
    link = pubsub.connection
    heard = pinged = time.monotonic()
    while True:
        message = link.read_response() if link.can_read(1.0) else None
        now = time.monotonic()
        if message is not None:  # a pong is one too
            heard = now
            if message[0] == "message":
                yield message[2]
            elif message[0] == "subscribe":
                stands()
        elif now - heard > SILENCE_S:
            raise OSError("the link is silent")
        elif now - pinged > PING_EVERY_S:
            pinged = now
            pubsub.ping()


class Mailbox:
    """Dispatch the JSON notes of some channels to handlers. ``start`` once, ``stop`` at the end.

    ``on_gap`` as for ``listen``.
    """

    def __init__(
        self,
        redis: Redis,
        handlers: Mapping[str, Callable[[Any], None]],
        on_gap: Callable[[], None] | None = None,
    ) -> None:
        self._redis = redis
        self._handlers = handlers
        self._on_gap = on_gap
        self._greenlets: list[gevent.Greenlet] = []

    def start(self) -> None:
        self._greenlets = [gevent.spawn(self._run, channel) for channel in self._handlers]

    def stop(self) -> None:
        gevent.killall(self._greenlets, block=False)

    def _run(self, channel: str) -> None:
        handle = self._handlers[channel]
        for data in listen(self._redis, [channel], self._on_gap):
            try:
                handle(orjson.loads(data))
            except Exception:
                log.exception("note_failed", channel=channel)
