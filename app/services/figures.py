"""Figures of the whole installation: now, and over time. A worker writes each minute down, and each hour of minutes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import orjson
from mongoengine.connection import get_db
from pymongo import InsertOne
from pymongo.errors import BulkWriteError, OperationFailure
from redis import Redis

from app.models import Conversation, FigureSample, User
from app.models.accounts import now
from app.models.messages import Message
from app.sequencing import keys
from app.services.presence import Presence
from app.stores import masters_of

Span = Literal["hour", "day", "month"]
COUNTS = ("entries", "batches", "waited_ms", "slow", "errors")
GAUGES = ("online", "sockets", "people", "backlog")
SILENT_AFTER_S = 20
OVER_AFTER_S = 15
"""So long after its end a minute is over for sure: processes tell every few seconds."""
MINUTES_LOOKED_AT = 90
MINUTES_KEPT = timedelta(hours=50)
HOURS_KEPT = timedelta(days=400)
HOUR = 60


@dataclass(frozen=True, slots=True)
class Grain:
    """A plot: how many points, of how many minutes each, and from which documents."""

    points: int
    minutes: int
    unit: Literal["m", "h"]


GRAINS: dict[Span, Grain] = {"hour": Grain(60, 1, "m"), "day": Grain(96, 15, "m"), "month": Grain(120, 360, "h")}


class Figures:
    def __init__(self, redis: Redis, presence: Presence, shard_count: int) -> None:
        self._redis = redis
        self._presence = presence
        self._shard_count = shard_count

    def live(self) -> dict[str, Any]:
        """What holds now: ``{people, conversations, entries, online, sockets, backlog, processes, storage, versions, minute}``.

        ``minute`` is what was counted in the last whole one. Raises RedisError, PyMongoError.
        """
        present = self._present()
        processes = self._processes(present)
        last = self._counted(present // 60 - 1)
        return {
            **self._gauges(processes),
            "conversations": Conversation._get_collection().estimated_document_count(),
            "entries": Message._get_collection().estimated_document_count(),
            "processes": processes,
            "storage": self._storage(),
            "versions": self._versions(),
            "minute": last,
        }

    def processes(self) -> list[dict[str, Any]]:
        """The living processes, each with ``ago``: how many seconds since it said so. Raises RedisError."""
        present = self._present()
        return [{**one, "ago": max(0, present - one["at"])} for one in self._processes(present)]

    def sample(self) -> int:
        """Write down the minutes that are over and were not written yet, and the hours; how many. May run anywhere, twice."""
        present = self._present()
        last = (present - OVER_AFTER_S) // 60 - 1
        wanted = {_id("m", minute): minute for minute in range(last - MINUTES_LOOKED_AT, last + 1)}
        missing = set(wanted) - _known(wanted)
        gauges = self._gauges(self._processes(present)) if _id("m", last) in missing else {}
        counted = {id: self._counted(wanted[id]) for id in missing}
        # A minute that nobody counted anything in, and that is long over, is a gap: the installation stood still.
        samples = [
            {"_id": id, **counts, **(gauges if wanted[id] == last else {})}
            for id, counts in counted.items()
            if wanted[id] == last or any(counts.values())
        ]
        _insert(samples)
        rolled = self._roll_up(last)
        self._forget(present)
        return len(samples) + rolled

    def series(self, span: Span) -> list[dict[str, Any]]:
        """The points of a plot, oldest first: ``{at (ms), per_second, waited_ms, slow, errors, online}``.

        None where nothing is known.
        """
        grain = GRAINS[span]
        last = self._present() // 60 // grain.minutes
        first = (last - grain.points + 1) * grain.minutes
        step = 1 if grain.unit == "m" else HOUR
        ids = {"$gte": _id(grain.unit, first // step), "$lt": _id(grain.unit, 10**9)}
        points: dict[int, list[dict[str, Any]]] = {}
        for sample in _samples().find({"_id": ids}):
            minute = int(sample["_id"][2:]) * step
            points.setdefault(minute // grain.minutes, []).append(sample)
        return [_point(n * grain.minutes, points.get(n, []), step) for n in range(last - grain.points + 1, last + 1)]

    def _roll_up(self, last: int) -> int:
        """Sum each hour whose minutes are all over."""
        hours = {_id("h", hour): hour for hour in range((last + 1) // HOUR - 48, (last + 1) // HOUR)}
        summed = []
        for id in sorted(set(hours) - _known(hours)):
            begins = hours[id] * HOUR
            ids = {"$gte": _id("m", begins), "$lt": _id("m", begins + HOUR)}
            minutes = list(_samples().find({"_id": ids}))
            if minutes:
                summed.append({"_id": id, **_sum(minutes)})
        _insert(summed)
        return len(summed)

    def _forget(self, present: int) -> None:
        minute = (present - int(MINUTES_KEPT.total_seconds())) // 60
        hour = (present - int(HOURS_KEPT.total_seconds())) // 3_600
        for unit, oldest in (("m", minute), ("h", hour)):
            _samples().delete_many({"_id": {"$gte": f"{unit}:", "$lt": _id(unit, oldest)}})

    def _present(self) -> int:
        """Redis's clock, in seconds: servers' own may differ."""
        seconds, _ = self._redis.time()
        return int(seconds)

    def _processes(self, present: int) -> list[dict[str, Any]]:
        """What each living process said of itself last; who fell silent is forgotten."""
        told = {name: orjson.loads(text) for name, text in self._redis.hgetall(keys.PROCESSES).items()}
        silent = [name for name, one in told.items() if present - one["at"] > SILENT_AFTER_S]
        if silent:
            self._redis.hdel(keys.PROCESSES, *silent)
        return [{"process": name, **one} for name, one in sorted(told.items()) if name not in silent]

    def _gauges(self, processes: list[dict[str, Any]]) -> dict[str, int]:
        pipeline = self._redis.pipeline(transaction=False)
        for shard in range(self._shard_count):
            pipeline.xlen(keys.stream(shard))
        return {
            "online": self._presence.count(),
            "sockets": sum(int(one.get("sockets", 0)) for one in processes),
            "people": User._get_collection().estimated_document_count(),
            "backlog": sum(pipeline.execute()),
        }

    def _counted(self, minute: int) -> dict[str, int]:
        counted = self._redis.hgetall(keys.figures(minute))
        return {name: int(counted.get(name, 0)) for name in COUNTS}

    def _storage(self) -> dict[str, int | None]:
        """Bytes: in MongoDB (None where it does not say), and in Redis."""
        try:
            stats = get_db().command("dbstats")
            size = int(stats.get("storageSize", 0)) + int(stats.get("indexSize", 0))
        except OperationFailure:
            size = None
        return {"mongodb": size, "redis": sum(_used(one) for one in masters_of(self._redis))}

    def _versions(self) -> dict[str, str]:
        servers = [one.info("server") for one in masters_of(self._redis)]
        return {
            "Redis": ", ".join(sorted({str(one.get("valkey_version") or one["redis_version"]) for one in servers})),
            "MongoDB": str(get_db().client.server_info()["version"]),
        }


def _used(redis: Redis) -> int:
    return int(redis.info("memory")["used_memory"])


def _point(minute: int, samples: list[dict[str, Any]], each: int) -> dict[str, Any]:
    """What the samples from ``minute`` on, of ``each`` so many minutes, say together; where there are none, nothing is known."""
    whole = _sum(samples)
    return {
        "at": minute * 60_000,
        "per_second": round(whole["entries"] / (len(samples) * each * 60), 3) if samples else None,
        "waited_ms": round(whole["waited_ms"] / whole["batches"]) if whole["batches"] else None,
        "slow": whole["slow"],
        "errors": whole["errors"] if samples else None,
        "online": whole["online"] if any("online" in sample for sample in samples) else None,
    }


def _sum(samples: list[dict[str, Any]]) -> dict[str, int]:
    """Counts add up; of what holds at a moment the most counts."""
    counts = {name: sum(int(sample.get(name, 0)) for sample in samples) for name in COUNTS}
    return counts | {name: max((int(sample.get(name, 0)) for sample in samples), default=0) for name in GAUGES}


def _known(ids: dict[str, int]) -> set[str]:
    return {row["_id"] for row in _samples().find({"_id": {"$in": list(ids)}}, {"_id": 1})}


def _insert(samples: list[dict[str, Any]]) -> None:
    """Another worker may write the same ones at this moment: who is first counts."""
    if samples:
        written = now()
        try:
            _samples().bulk_write([InsertOne({**sample, "at": written}) for sample in samples], ordered=False)
        except BulkWriteError as error:
            if any(one.get("code") != 11000 for one in error.details.get("writeErrors", ())):
                raise


def _id(unit: str, number: int) -> str:
    """``m:`` and a minute, or ``h:`` and an hour, since 1970; sorted as they follow each other."""
    return f"{unit}:{number:09d}"


def _samples() -> Any:
    return FigureSample._get_collection()
