"""What is left over after a crash: entries that were handed to a committer and never trimmed."""

from collections.abc import Iterator
from typing import Any

from redis import Redis
from redis.exceptions import OutOfMemoryError, ResponseError

from app.sequencing import keys
from app.sequencing.scripts import COMMITTER_GROUP

RawEntry = tuple[str, dict[str, str]]


def ensure_group(redis: Redis, shard: int) -> None:
    """Create the shard's consumer group from the beginning of its stream, if it is not there."""
    try:
        redis.xgroup_create(keys.stream(shard), COMMITTER_GROUP, id="0", mkstream=True)
    except OutOfMemoryError:
        return  # there has been a committer before, or the next call says NOGROUP; committing is what frees memory
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def claim_left_over(redis: Redis, shard: int, consumer: str, page: int) -> Iterator[list[RawEntry]]:
    """Claim everything that was delivered and not trimmed, whoever had it, in the order of the stream.

    Yields batches of at most ``page`` entries. Only the lease's holder may call this: min-idle is 0.
    """
    entries: dict[str, dict[str, str]] = {}
    cursor: Any = "0-0"
    while True:
        answer = redis.xautoclaim(
            keys.stream(shard), COMMITTER_GROUP, consumer, min_idle_time=0, start_id=cursor, count=page
        )
        cursor, claimed = answer[0], answer[1]
        entries.update({id: fields for id, fields in claimed if fields})
        if cursor in ("0-0", b"0-0"):
            break
    ordered = sorted(entries.items(), key=lambda item: _order(item[0]))
    for start in range(0, len(ordered), page):
        yield ordered[start : start + page]


def _order(stream_id: str) -> tuple[int, int]:
    milliseconds, _, count = stream_id.partition("-")
    return int(milliseconds), int(count)
