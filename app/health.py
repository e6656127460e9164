"""``/health``: the process is alive. ``/health/ready``: it can do its work, part by part, with each one's latency."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent
from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.core import Core
from app.patience import Late, within
from app.sequencing import keys
from app.sequencing.sequencer import OLDEST_ALLOWED_MS
from app.stores import cause_of
from migrations.runner import missing

ANSWER_WITHIN_S = 4.0
"""Whoever watches gives up after 5 s, often; a store that is silent must have been named by then."""
STORES = {"redis": "Redis", "mongodb": "MongoDB", "unknown": "a store"}


def init_app(app: Flask, core: Core) -> None:
    """Register the two routes; neither needs a session."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health")
    def alive() -> ResponseReturnValue:
        return jsonify(status="alive", process=core.process)

    @blueprint.get("/health/ready")
    def ready() -> ResponseReturnValue:
        parts = parts_of(core)
        whole = all(part["ok"] for part in parts.values())
        return jsonify(status="ready" if whole else "not_ready", parts=parts), 200 if whole else 503

    app.register_blueprint(blueprint)


def parts_of(core: Core) -> dict[str, dict[str, Any]]:
    """How each part is: ``{ok, milliseconds, problem?}``."""
    # Side by side: a store that is away costs each check that asks it seconds.
    running = {name: gevent.spawn(_timed, check, core) for name, check in CHECKS.items()}
    gevent.joinall(list(running.values()))
    return {name: greenlet.get() for name, greenlet in running.items()}


def _timed(check: Callable[[Core], str | None], core: Core) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        problem = within(ANSWER_WITHIN_S, lambda: check(core))
    except Late:
        problem = f"no answer within {ANSWER_WITHIN_S:.0f} s"
    except (RedisError, PyMongoError, OSError) as error:
        cause = cause_of(error)
        problem = f"{STORES[cause['store']]} does not answer ({cause['cause']})"
    except Exception as error:
        problem = type(error).__name__
    part: dict[str, Any] = {"ok": problem is None, "milliseconds": round((time.perf_counter() - began) * 1000, 2)}
    if problem is not None:
        part["problem"] = problem
    return part


def _redis(core: Core) -> str | None:
    core.redis.ping()
    return None


def _mongodb(core: Core) -> str | None:
    core.database.command("ping")
    return None


def _stores(core: Core) -> str | None:
    return None if core.preflight.passed else "the stores were away at the start and have not been checked yet"


def _committers(core: Core) -> str | None:
    pipeline = core.redis.pipeline(transaction=False)
    for shard in range(core.settings.shard_count):
        pipeline.exists(keys.lease(shard))
    vacant = [shard for shard, taken in enumerate(pipeline.execute()) if not taken]
    return f"no committer for shards {vacant}" if vacant else None


def _backlog(core: Core) -> str | None:
    found = (one.problem(core.settings.backlog_limit) for one in backlogs(core.redis, core.settings.shard_count))
    return "; ".join(problem for problem in found if problem) or None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a shard's stream: how many entries, and for how long the oldest, in ms."""

    shard: int
    entries: int
    age_ms: int

    def problem(self, limit: int) -> str | None:
        """What is wrong with it, by the same two limits at which appending is refused."""
        if self.entries >= limit:
            return f"shard {self.shard} is full: {self.entries} entries wait to be stored, and {limit} is the limit"
        if self.age_ms > OLDEST_ALLOWED_MS:
            waited = f"the oldest of {self.entries} entries has waited for {self.age_ms // 1000} s"
            return f"shard {self.shard} stands still: {waited}"
        return None


def backlogs(redis: Redis, shard_count: int) -> list[Backlog]:
    """Each shard's, in one round trip. Raises RedisError."""
    pipeline = redis.pipeline(transaction=False)
    pipeline.time()
    for shard in range(shard_count):
        pipeline.xlen(keys.stream(shard))
        pipeline.xrange(keys.stream(shard), count=1)
    (seconds, microseconds), *streams = pipeline.execute()
    now_ms = seconds * 1000 + microseconds // 1000
    ages = [max(0, now_ms - int(first[0][0].split("-")[0])) if first else 0 for first in streams[1::2]]
    return [Backlog(*one) for one in zip(range(shard_count), streams[::2], ages, strict=True)]


def _migrations(core: Core) -> str | None:
    names = missing(core.database)
    return f"not migrated: {', '.join(names)}" if names else None


CHECKS: dict[str, Callable[[Core], str | None]] = {
    "redis": _redis,
    "mongodb": _mongodb,
    "stores": _stores,
    "committers": _committers,
    "backlog": _backlog,
    "migrations": _migrations,
}
