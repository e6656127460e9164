"""Examine an installation and say what was found."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.doctor.checks import CHECKS
from app.doctor.findings import EXIT_CODES, Finding, Patient, State
from app.models.connection import connect
from app.models.conversations import Conversation
from app.sequencing.verification import Verdict, verify, verify_all
from app.stores import cause_of, connect_redis
from config import ConfigError, Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each check, as it is done; 0: all is well, 1: there are warnings, 2: something is wrong."""
    asked = _parser().parse_args(arguments)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is the report's
    worst = 0
    for finding in examine(quick=asked.quick, conversation=asked.conversation, after=asked.after):
        worst = max(worst, EXIT_CODES[finding.state])
        line = f"{finding.state:<8} {finding.check}: {finding.words}"
        print(json.dumps(asdict(finding)) if asked.json else line, flush=True)
    return worst


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
        try:
            yield Finding(name, *check(patient))
        except ConfigError as error:
            yield Finding(name, "wrong", str(error))
        except (RedisError, PyMongoError, OSError) as error:
            yield _unanswered(name, error)
    if not quick:
        yield from _logs(patient, conversation, after)


def _logs(patient: Patient, conversation: str | None, after: str) -> Iterator[Finding]:
    if conversation is not None and Conversation.objects(id=conversation).first() is None:
        yield Finding("logs", "wrong", f"there is no conversation {conversation}")
        return
    arguments = patient.redis, patient.settings.shard_count
    verdicts = iter([verify(conversation, *arguments)]) if conversation else verify_all(*arguments, after=after)
    seen = entries = damaged = 0
    try:
        for verdict in verdicts:
            seen, entries, after = seen + 1, entries + verdict.head, verdict.conversation
            damaged += bool(verdict.problems)
            yield from _problems(verdict)
    except (RedisError, PyMongoError, OSError) as error:
        yield _unanswered("logs", error, f"; go on with --after {after}" if after else "")
        return
    state: State = "wrong" if damaged else "ok"
    yield Finding("logs", state, f"conversations read: {seen}, entries: {entries}, damaged: {damaged}")


def _problems(verdict: Verdict) -> Iterator[Finding]:
    for problem in verdict.problems:
        yield Finding(f"log {verdict.conversation}", "wrong", problem)


def _unanswered(check: str, error: Exception, advice: str = "") -> Finding:
    cause = cause_of(error)
    return Finding(check, "wrong", f"{cause['store']} does not answer ({cause['cause']}){advice}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.doctor", description="Is this installation well?")
    parser.add_argument("--quick", action="store_true", help="do not read the logs")
    parser.add_argument("--conversation", metavar="ID", help="read the log of this conversation alone")
    parser.add_argument("--after", metavar="ID", default="", help="go on behind this conversation")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser
