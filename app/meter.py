"""What this process does and holds, told to all every few seconds: figures for the dashboard, and never a name in them."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import gevent
import orjson
import structlog
from redis import Redis
from redis.exceptions import RedisError

from app import counts
from app.sequencing import keys

log = structlog.get_logger(__name__)

TELL_EVERY_S = 5.0
KEPT_S = 3 * 3_600
"""So long the counts of a minute wait for a worker that writes them down."""
SLOW_MS = 1_000


class Meter:
    """Counters of one process. ``about`` is what it is, ``errors`` how many it has logged, ``clock`` gives seconds."""

    def __init__(
        self,
        redis: Redis,
        process: str,
        about: Mapping[str, str],
        errors: Callable[[], int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._process = process
        self.about = about
        self._errors = errors
        self._clock = clock
        self._errors_told = 0
        self.totals = {"entries": 0, "batches": 0, "waited_ms": 0, "slow": 0}
        """Since the process began."""
        self._told = dict.fromkeys(self.totals, 0)
        self._greenlet: gevent.Greenlet | None = None
        self.gauges: Callable[[], dict[str, Any]] = dict
        """What the process holds at this moment; set by whoever knows."""

    def committed(self, entries: int, waited_ms: int) -> None:
        """A batch was stored and told, ``waited_ms`` after its last entry got its number. On the path of a message."""
        totals = self.totals
        totals["entries"] += entries
        totals["batches"] += 1
        totals["waited_ms"] += waited_ms
        totals["slow"] += waited_ms > SLOW_MS
        counts.COMMIT_SECONDS.add(waited_ms / 1000)

    def start(self) -> None:
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        if self._greenlet is not None:
            self._greenlet.kill(block=False)
        try:
            self.tell()
            self._redis.hdel(keys.PROCESSES, self._process)
        except (RedisError, OSError):
            pass  # what it says of itself grows old

    def tell(self) -> None:
        """Add what was counted since the last time to the present minute, and say that the process lives."""
        errors = self._errors()
        totals = dict(self.totals)
        told = {name: total - self._told[name] for name, total in totals.items() if total > self._told[name]}
        if errors > self._errors_told:
            told["errors"] = errors - self._errors_told
        now = self._clock()
        if told:
            minute = keys.figures(int(now // 60))
            pipeline = self._redis.pipeline(transaction=True)
            for name, count in told.items():
                pipeline.hincrby(minute, name, count)
            pipeline.expire(minute, KEPT_S)
            pipeline.execute()
        self._errors_told = errors
        self._told = totals
        living = {**self.about, **self.gauges(), "at": int(now)}
        self._redis.hset(keys.PROCESSES, self._process, orjson.dumps(living).decode())

    def _run(self) -> None:
        while True:
            try:
                self.tell()
            except (RedisError, OSError):
                pass  # the watch says that Redis is away; what was counted is told later
            except Exception:
                log.exception("figures_not_told")
            gevent.sleep(TELL_EVERY_S)
