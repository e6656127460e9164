"""The checks but for the logs themselves. Each answers its state and its words, or raises the store's error."""

import time

from pymongo.errors import OperationFailure
from redis.exceptions import ResponseError

from app.doctor.findings import Check, Patient, State
from app.health import crowded
from app.models import DOCUMENTS, DeadLetter
from app.preflight import check_mongodb, check_redis
from app.sequencing import keys
from app.sequencing.leases import ROSTER_LIFE_S
from migrations.runner import missing

CLOCKS_APART_S = 2.0
NO_SUCH_COLLECTION = 26


def redis(patient: Patient) -> tuple[State, str]:
    check_redis(patient.redis)
    version = patient.redis.info("server")["redis_version"]
    try:
        if patient.redis.config_get("appendonly").get("appendonly") == "no":
            return "warning", f"{version} without an append-only file: set appendonly yes, or a crash costs retries"
    except ResponseError:
        pass  # hosted Redis hides CONFIG
    return "ok", f"version {version}"


def mongodb(patient: Patient) -> tuple[State, str]:
    check_mongodb(patient.settings, patient.database)
    return "ok", f"version {patient.database.client.server_info()['version']}"


def clocks(patient: Patient) -> tuple[State, str]:
    """This host's clock against the stores', each taken to have answered in the middle of its round trip."""
    began = time.time()
    seconds, microseconds = patient.redis.time()
    apart = {"Redis": seconds + microseconds / 1_000_000 - (began + time.time()) / 2}
    began = time.time()
    there = patient.database.client.admin.command("hello").get("localTime")
    if there is not None:
        apart["MongoDB"] = there.timestamp() - (began + time.time()) / 2
    wrong = [f"{store}'s is {by:+.1f} s from this host's" for store, by in apart.items() if abs(by) > CLOCKS_APART_S]
    if wrong:
        return "warning", "; ".join(wrong) + ": let every host follow the same time servers"
    return "ok", f"within {CLOCKS_APART_S:.0f} s of each other"


def indexes(patient: Patient) -> tuple[State, str]:
    lost = []
    for document in DOCUMENTS:
        name = document._get_collection_name()
        lost += [f"{name} ({', '.join(field for field, _ in index)})" for index in _lost_indexes(document)]
    if lost:
        return "wrong", f"missing: {'; '.join(lost)}; run python -m migrations, or create them by hand"
    return "ok", "all there"


def _lost_indexes(document: type) -> list[list[tuple[str, int]]]:
    required: list[list[tuple[str, int]]] = document.list_indexes()  # type: ignore[attr-defined]
    try:
        there = document._get_collection().index_information().values()  # type: ignore[attr-defined]
    except OperationFailure as error:
        if error.code != NO_SUCH_COLLECTION:
            raise
        there = []
    return [index for index in required if index != [("_id", 1)] and index not in [list(one["key"]) for one in there]]


def migrations(patient: Patient) -> tuple[State, str]:
    names = missing(patient.database)
    return ("wrong", f"not run: {', '.join(names)}; run python -m migrations") if names else ("ok", "all run")


def committers(patient: Patient) -> tuple[State, str]:
    pipeline = patient.redis.pipeline(transaction=False)
    pipeline.time()
    for shard in range(patient.settings.shard_count):
        pipeline.exists(keys.lease(shard))
    (seconds, _), *taken = pipeline.execute()
    vacant = [str(shard) for shard, held in enumerate(taken) if not held]
    if vacant:
        return "wrong", f"nobody commits shards {', '.join(vacant)}: start a worker (python -m app.background)"
    alive = patient.redis.zrangebyscore(keys.COMMITTERS, seconds - ROSTER_LIFE_S, "+inf")
    workers = sum(str(member).startswith("worker:") for member in alive)
    if not workers:
        return "warning", "web processes commit, because no worker lives: start one (python -m app.background)"
    return "ok", f"every shard has one; workers alive: {workers}"


def backlog(patient: Patient) -> tuple[State, str]:
    shards = range(patient.settings.shard_count)
    pipeline = patient.redis.pipeline(transaction=False)
    pipeline.time()
    for shard in shards:
        pipeline.xlen(keys.stream(shard))
        pipeline.xrange(keys.stream(shard), count=1)
    (seconds, microseconds), *streams = pipeline.execute()
    now_ms = seconds * 1000 + microseconds // 1000
    found = [
        crowded(shard, entries, oldest, now_ms, patient.settings.backlog_limit)
        for shard, entries, oldest in zip(shards, streams[::2], streams[1::2], strict=True)
    ]
    problems = [problem for problem in found if problem]
    if problems:
        return "wrong", "; ".join(problems) + ": see whether the committers and MongoDB are well"
    return "ok", f"entries waiting: {sum(streams[::2])}"


def dead_letters(patient: Patient) -> tuple[State, str]:
    count = DeadLetter.objects.count()
    if count:
        return "warning", f"MongoDB refused {count} accepted messages: look at the collection dead_letters"
    return "ok", "none"


CHECKS: dict[str, Check] = {
    "redis": redis,
    "mongodb": mongodb,
    "clocks": clocks,
    "migrations": migrations,
    "indexes": indexes,
    "committers": committers,
    "backlog": backlog,
    "dead letters": dead_letters,
}
