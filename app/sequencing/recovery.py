"""What is left over after a crash: entries that stand in the stream because nobody trimmed them."""

from collections.abc import Iterator
from typing import Any

from redis import Redis

from app.sequencing import keys

RawEntry = tuple[str, dict[str, str]]
START = "0-0"


def left_over(redis: Redis, shard: int, page: int) -> Iterator[list[RawEntry]]:
    """Everything in the shard's stream, in its order, whoever read it before; pages of at most ``page`` entries.

    Ends at a page that is not full: what came after it is read by following the stream.
    """
    last = START
    while True:
        entries: Any = redis.xrange(keys.stream(shard), min=f"({last}", count=page)
        if entries:
            yield entries
            last = entries[-1][0]
        if len(entries) < page:
            return


def anything_up_to(redis: Redis, shard: int, stream_id: str) -> bool:
    """Whether an entry stands at ``stream_id`` or before it: who has read so far, and trimmed, has not seen it."""
    return bool(redis.xrange(keys.stream(shard), max=stream_id, count=1))
