"""Examine an installation: what is found, in order."""

from collections.abc import Callable, Iterator

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.doctor.checks import CHECKS
from app.doctor.findings import Finding, Patient, State
from app.models.connection import connect
from app.models.conversations import Conversation
from app.patience import Late, within
from app.sequencing.verification import Verdict, lost_logs, verify, verify_all
from app.stores import cause_of, connect_redis
from config import ConfigError, Settings

CHECK_WITHIN_S = 10.0
MOST_LOST = 20
NAMES = {"redis": "Redis", "mongodb": "MongoDB", "unknown": "a store"}


def examine(*, quick: bool = False, conversation: str | None = None, after: str = "") -> Iterator[Finding]:
    """Everything found, in order. Without settings that can work there is one finding, and nothing else is looked at."""
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        yield Finding("configuration", "wrong", str(error))
        return
    yield Finding("configuration", "ok", f"{settings.environment}, {settings.shard_count} shards")
    patient = Patient(settings, connect_redis(settings.redis_url), connect(settings.mongodb_uri))
    for name, check in CHECKS.items():
        yield _checked(name, lambda check=check: check(patient))  # type: ignore[misc]
    if not quick:
        yield from _logs(patient, conversation, after)


def _checked(name: str, check: Callable[[], tuple[State, str]]) -> Finding:
    try:
        return Finding(name, *within(CHECK_WITHIN_S, check))
    except ConfigError as error:
        return Finding(name, "wrong", str(error))
    except Late:
        return Finding(name, "wrong", f"no answer within {CHECK_WITHIN_S:.0f} s: see whether the stores are well")
    except (RedisError, PyMongoError, OSError) as error:
        return _unanswered(name, error)


def _logs(patient: Patient, conversation: str | None, after: str) -> Iterator[Finding]:
    seen = damaged = 0
    reached = after
    try:
        if conversation is not None and Conversation.objects(id=conversation).first() is None:
            yield Finding("logs", "wrong", f"there is no conversation {conversation}")
            return
        arguments = patient.redis, patient.settings.shard_count
        verdicts = iter([verify(conversation, *arguments)]) if conversation else verify_all(*arguments, after=after)
        for verdict in verdicts:
            seen, reached = seen + 1, verdict.conversation
            damaged += bool(verdict.problems)
            yield from _problems(verdict)
        if conversation is None:
            yield from _lost(after)
    except KeyboardInterrupt:
        yield Finding("logs", "warning", f"broken off after {seen} conversations{_go_on(reached)}")
        return
    except (RedisError, PyMongoError, OSError) as error:
        yield _unanswered("logs", error, _go_on(reached))
        return
    state: State = "wrong" if damaged else "ok"
    advice = "; restore what is missing from a backup" if damaged else ""
    yield Finding("logs", state, f"conversations read: {seen}, damaged: {damaged}{advice}")


def _problems(verdict: Verdict) -> Iterator[Finding]:
    name = f"log {verdict.conversation}"
    for problem in verdict.problems:
        yield Finding(name, "wrong", problem)
    if verdict.found > len(verdict.problems):
        yield Finding(name, "wrong", f"and {verdict.found - len(verdict.problems)} problems more")


def _lost(after: str) -> Iterator[Finding]:
    """Logs without a conversation: nobody can read them, and they do no harm."""
    count = 0
    for count, conversation in enumerate(lost_logs(after), 1):
        if count <= MOST_LOST:
            yield Finding(f"log {conversation}", "warning", "its conversation is gone: nobody can read it")
    if count > MOST_LOST:
        yield Finding("logs", "warning", f"and {count - MOST_LOST} more whose conversation is gone")


def _go_on(after: str) -> str:
    return f": go on with --after {after}" if after else ""


def _unanswered(check: str, error: Exception, advice: str = "") -> Finding:
    cause = cause_of(error)
    return Finding(check, "wrong", f"{NAMES[cause['store']]} does not answer ({cause['cause']}){advice}")
