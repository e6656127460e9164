"""``/health``: the process is alive. ``/health/ready``: it can do its work, part by part, with each one's latency."""

import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

from app.core import Core
from app.sequencing import keys
from migrations.runner import missing


def init_app(app: Flask, core: Core) -> None:
    """Register the two routes; neither needs a session."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health")
    def alive() -> ResponseReturnValue:
        return jsonify(status="alive", process=core.process)

    @blueprint.get("/health/ready")
    def ready() -> ResponseReturnValue:
        parts = {name: _timed(check, core) for name, check in CHECKS.items()}
        whole = all(part["ok"] for part in parts.values())
        return jsonify(status="ready" if whole else "not_ready", parts=parts), 200 if whole else 503

    app.register_blueprint(blueprint)


def _timed(check: Callable[[Core], str | None], core: Core) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        problem = check(core)
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


def _committers(core: Core) -> str | None:
    pipeline = core.redis.pipeline(transaction=False)
    for shard in range(core.settings.shard_count):
        pipeline.exists(keys.lease(shard))
    vacant = [shard for shard, taken in enumerate(pipeline.execute()) if not taken]
    return f"no committer for shards {vacant}" if vacant else None


def _migrations(core: Core) -> str | None:
    names = missing(core.database)
    return f"not migrated: {', '.join(names)}" if names else None


CHECKS: dict[str, Callable[[Core], str | None]] = {
    "redis": _redis,
    "mongodb": _mongodb,
    "committers": _committers,
    "migrations": _migrations,
}
