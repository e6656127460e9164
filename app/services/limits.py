"""How much of what, in one table. Two kinds: counted in Redis for everybody, and counted in this process for free."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

from app.counts import LIMITED
from app.domain.errors import Degraded, RateLimited
from app.sequencing import keys
from app.stores import connect

MINUTE_S = 60
HOUR_S = 3_600
DAY_S = 86_400
POOL_CONNECTIONS = 10
POOL_WAIT_S = 2
REMEMBER_BUCKETS = 50_000
LENIENT_FACTOR = 50
"""Outside production a whole test suite signs in from one address."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``amount`` in any ``seconds`` on end. ``by_address``: the identifier is a network address."""

    amount: int
    seconds: int
    by_address: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """``burst`` at once, and ``per_second`` on average."""

    burst: float
    per_second: float


WINDOWS: dict[str, tuple[Window, ...]] = {
    "sign_in_number": (Window(5, 15 * MINUTE_S), Window(12, DAY_S)),
    "sign_in_address": (Window(15, 15 * MINUTE_S, by_address=True), Window(60, DAY_S, by_address=True)),
    "sign_in_guess": (Window(60, 15 * MINUTE_S, by_address=True),),
    "sign_in_google": (Window(60, 15 * MINUTE_S, by_address=True),),
    "passkey_ask": (Window(120, 15 * MINUTE_S, by_address=True),),
    "passkey_try": (Window(60, 15 * MINUTE_S, by_address=True),),
    "passkey_add": (Window(20, HOUR_S),),
    "token": (Window(60, HOUR_S),),
    "profile": (Window(60, HOUR_S),),
    "privacy": (Window(60, 10 * MINUTE_S),),
    "push": (Window(60, HOUR_S),),
    "notifications": (Window(60, 10 * MINUTE_S),),
    "export": (Window(5, DAY_S),),
    "administer": (Window(300, 10 * MINUTE_S),),
    "report": (Window(10, HOUR_S), Window(30, DAY_S)),
    "photo": (Window(20, HOUR_S),),
    "contact_add": (Window(30, 10 * MINUTE_S), Window(200, DAY_S)),
    "people_search": (Window(120, MINUTE_S),),
    "conversation_open": (Window(60, MINUTE_S), Window(1_000, DAY_S)),
    "group_create": (Window(10, HOUR_S), Window(50, DAY_S)),
    "group_change": (Window(60, MINUTE_S), Window(1_000, DAY_S)),
    "group_link": (Window(20, HOUR_S), Window(100, DAY_S)),
    "group_link_look": (Window(300, 15 * MINUTE_S, by_address=True),),
    "group_join": (Window(20, HOUR_S), Window(100, DAY_S)),
}

BUCKETS: dict[str, Bucket] = {
    # A person types one message a second for a moment; a client that comes back drains its outbox one by one.
    "post": Bucket(60, 10),
    "sync": Bucket(300, 50),
    "heads": Bucket(20, 2),
    "read": Bucket(120, 20),
    "typing": Bucket(40, 5),
    # A browser that comes back online brings those of many chats.
    "draft": Bucket(60, 2),
    # Each open page of the dashboard asks twice a minute.
    "dashboard": Bucket(30, 1),
    "http": Bucket(600, 100),
}

SHARED_BUCKETS = {"edit": "post", "delete": "post", "react": "post", "pin": "post", "hide": "post", "save": "post"}
"""Who writes much may do it in whichever way, and not in each of them as much."""


class _Counted(RedisStorage):
    """The library's storage with a client of ours, which may be a cluster's: each window is one key."""

    def __init__(self, redis: Redis) -> None:
        super().__init__("redis://", connection_pool=redis.connection_pool, key_prefix=keys.limit_prefix())
        self.storage = redis
        self.initialize_storage("redis://")


class Limits:
    """The limiter. ``redis_url`` is where windows are counted; ``lenient`` lets an address do far more than it may in
    production; ``posts`` takes the place of the table's bucket for messages; ``clock`` gives seconds for the buckets."""

    def __init__(
        self,
        redis_url: str,
        *,
        lenient: bool = False,
        posts: Bucket | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        redis = connect(
            redis_url,
            max_connections=POOL_CONNECTIONS,
            timeout=POOL_WAIT_S,
            socket_timeout=POOL_WAIT_S,
            socket_connect_timeout=POOL_WAIT_S,
        )
        self._windows = MovingWindowRateLimiter(_Counted(redis))
        self._lenient = lenient
        self._posts = posts
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def check(self, name: str, *identifiers: str) -> None:
        """Count one ``name`` for ``identifiers``, on all servers.

        Raises RateLimited (``retry_after`` in seconds), and Degraded where Redis does not answer: what cannot be
        counted is refused. A name that is not in the table is a bug.
        """
        who = hashlib.blake2b("\x00".join(identifiers).encode(), digest_size=16).hexdigest()
        try:
            for window in WINDOWS[name]:
                self._count(name, who, window)
        except RedisError as error:
            raise Degraded("That cannot be checked at the moment. Try again soon.", retry_after=5) from error

    def allow_local(self, name: str, identifier: str) -> None:
        """Take one from this process's bucket ``name`` of ``identifier``; no round trip. Raises RateLimited."""
        name = SHARED_BUCKETS.get(name, name)
        bucket = self._posts if name == "post" and self._posts else BUCKETS[name]
        now = self._clock()
        level, since = self._buckets.pop((name, identifier), (bucket.burst, now))
        level = min(bucket.burst, level + (now - since) * bucket.per_second)
        allowed = level >= 1
        self._buckets[name, identifier] = (level - 1 if allowed else level, now)
        if len(self._buckets) > REMEMBER_BUCKETS:
            self._buckets.popitem(last=False)
        if not allowed:
            LIMITED[name,] += 1
            raise RateLimited(retry_after=(1 - level) / bucket.per_second)

    def _count(self, name: str, who: str, window: Window) -> None:
        factor = LENIENT_FACTOR if self._lenient and window.by_address else 1
        item = RateLimitItemPerSecond(window.amount * factor, window.seconds, namespace=name)
        if not self._windows.hit(item, who):
            LIMITED[name,] += 1
            reset = self._windows.get_window_stats(item, who).reset_time
            raise RateLimited(retry_after=max(1.0, reset - time.time()))
