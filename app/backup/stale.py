"""Redis beside a restored database must know nothing of what was before.

What it remembers would be believed: numbers that are not stored any more as heads, and client ids as stored, so that a
message which is sent again would be acknowledged and lost. Emptied it is filled from MongoDB (``lua/seed.lua``).
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from redis import Redis

from app.sequencing import keys
from app.sequencing.leases import ROSTER_LIFE_S
from app.stores import masters_of

SILENT_S = 12.0
"""A process tells what it holds every five seconds (``app/meter.py``)."""
AT_ONCE = 500


def living(redis: Redis) -> list[str]:
    """The processes of Chatter that were heard within the last seconds. Raises RedisError."""
    seconds: Any = redis.time()[0]
    beats: Any = redis.zrangebyscore(keys.COMMITTERS, seconds - ROSTER_LIFE_S, "+inf")
    told: Any = redis.hgetall(keys.PROCESSES)
    heard = {name for name, text in told.items() if json.loads(text).get("at", 0) > seconds - SILENT_S}
    return sorted({str(beat).partition(":")[2] for beat in beats} | heard)


def remembered(redis: Redis) -> str | None:
    """One of Chatter's keys that is there; None: there is none. Raises RedisError."""
    return next(_found(redis), None)


def empty(redis: Redis) -> int:
    """Take out every key of Chatter's, and nothing else; answers how many. Raises RedisError."""
    count, found = 0, _found(redis)
    while some := list(islice(found, AT_ONCE)):
        pipeline = redis.pipeline(transaction=False)  # of a cluster's keys each has its place
        for key in some:
            pipeline.unlink(key)
        count += sum(pipeline.execute())
    return count


def _found(redis: Redis) -> Iterator[str]:
    for master in masters_of(redis):
        for pattern in keys.ALL_KEYS:
            yield from master.scan_iter(pattern, count=AT_ONCE)
