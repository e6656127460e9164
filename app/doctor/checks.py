"""The checks but for the logs themselves. Each answers its state and its words, or raises the store's error."""

import json
import time
from typing import Any

from pymongo.errors import OperationFailure

from app.doctor.findings import Check, Patient, State
from app.health import backlogs
from app.models import DOCUMENTS, DeadLetter
from app.preflight import advice_on, check_mongodb, check_redis
from app.sequencing import keys
from app.sequencing.leases import ROSTER_LIFE_S
from app.stores import connect_redis, masters_of
from migrations.runner import missing, unknown

CLOCKS_APART_S = 2.0
NO_SUCH_COLLECTION = 26


def redis(patient: Patient) -> tuple[State, str]:
    check_redis(patient.redis)
    masters = masters_of(patient.redis)
    found = _version(patient.redis)
    advice = list(dict.fromkeys(one for master in masters for one in advice_on(master)))
    if advice:
        return "warning", f"{found}: {'; '.join(advice)}"
    return "ok", found


def _version(redis: Any) -> str:
    masters = masters_of(redis)
    versions = ", ".join(sorted({str(master.info("server")["redis_version"]) for master in masters}))
    return f"version {versions}" + (f", masters: {len(masters)}" if len(masters) > 1 else "")


def queue(patient: Patient) -> tuple[State, str]:
    if patient.settings.redis_queue_url == patient.settings.redis_url:
        return "ok", "in the same Redis"
    with connect_redis(patient.settings.redis_queue_url) as other:
        return "ok", f"a Redis of its own, {_version(other)}"


def mongodb(patient: Patient) -> tuple[State, str]:
    check_mongodb(patient.settings, patient.database)
    return "ok", f"version {patient.database.client.server_info()['version']}"


def clocks(patient: Patient) -> tuple[State, str]:
    """This host's clock against the stores', each taken to have answered in the middle of its round trip."""
    apart, masters = {}, masters_of(patient.redis)
    for master in masters:
        began = time.time()
        seconds, microseconds = master.time()
        apart[_name(master, masters)] = seconds + microseconds / 1_000_000 - (began + time.time()) / 2
    began = time.time()
    there = patient.database.client.admin.command("hello").get("localTime")
    if there is not None:
        apart["MongoDB"] = there.timestamp() - (began + time.time()) / 2
    wrong = [f"{store}'s is {by:+.1f} s from this host's" for store, by in apart.items() if abs(by) > CLOCKS_APART_S]
    if wrong:
        return "warning", "; ".join(wrong) + ": let every host follow the same time servers"
    return "ok", f"within {CLOCKS_APART_S:.0f} s of each other"


def _name(master: Any, masters: list[Any]) -> str:
    """Redis, or which one of a cluster."""
    options = master.connection_pool.connection_kwargs
    return "Redis" if len(masters) == 1 else f"Redis at {options['host']}:{options['port']}"


def indexes(patient: Patient) -> tuple[State, str]:
    lost = [
        (document._get_collection_name(), declared) for document in DOCUMENTS for declared in _lost_indexes(document)
    ]
    if not lost:
        return "ok", "all there"
    if missing(patient.database):
        return "wrong", f"missing: {len(lost)}; run python -m migrations"
    # The steps that make them have run, and do not run again.
    commands = "; ".join(_creation(name, declared) for name, declared in lost)
    return "wrong", f"missing, or not unique: in mongosh, drop what has the same fields, and run {commands}"


def _lost_indexes(document: Any) -> list[dict[str, Any]]:
    """The indexes it declares and does not have; one that is to be unique and is not does not count."""
    try:
        there = document._get_collection().index_information()
    except OperationFailure as error:
        if error.code != NO_SUCH_COLLECTION:
            raise
        there = {}
    lost: list[dict[str, Any]] = []
    for declared in document._meta["index_specs"]:
        same = {
            name
            for name, one in there.items()
            if list(one["key"]) == declared["fields"] and (one.get("unique") or not declared.get("unique"))
        }
        named = declared.get("name")  # committers ask for that one by its name
        if not same or (named and named not in same):
            lost.append(declared)
    return lost


def _creation(collection: str, declared: dict[str, Any]) -> str:
    """What makes the index, in MongoDB's shell."""
    options = {name: value for name, value in declared.items() if name != "fields" and value}
    return f"db.{collection}.createIndex({json.dumps(dict(declared['fields']))}, {json.dumps(options)})"


def migrations(patient: Patient) -> tuple[State, str]:
    names = missing(patient.database)
    if names:
        return "wrong", f"not run: {', '.join(names)}; run python -m migrations"
    later = unknown(patient.database)
    if later:
        return "warning", f"a newer Chatter ran {', '.join(later)}: this one may not know all that is stored"
    return "ok", "all run"


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
    found = backlogs(patient.redis, patient.settings.shard_count)
    problems = [problem for one in found if (problem := one.problem(patient.settings.backlog_limit))]
    if problems:
        return "wrong", "; ".join(problems) + ": see whether the committers and MongoDB are well"
    waiting, age_ms = sum(one.entries for one in found), max(one.age_ms for one in found)
    return "ok", f"entries waiting: {waiting}" + (f", the oldest for {age_ms / 1000:.1f} s" if waiting else "")


def dead_letters(patient: Patient) -> tuple[State, str]:
    count = DeadLetter.objects.count()
    if count:
        return "warning", f"MongoDB refused {count} accepted messages: look at them in the dashboard, under Log"
    return "ok", "none"


CHECKS: dict[str, Check] = {
    "redis": redis,
    "queue": queue,
    "mongodb": mongodb,
    "clocks": clocks,
    "migrations": migrations,
    "indexes": indexes,
    "committers": committers,
    "backlog": backlog,
    "dead letters": dead_letters,
}
