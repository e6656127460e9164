"""What a Sentry gets: the errors of the log, and nothing of what people wrote."""

import secrets
from collections.abc import Iterator

import pytest
import sentry_sdk
import structlog

from app import error_reports, logs
from config import Settings
from tests.installation import ENVIRONMENT
from tests.watchers import Watcher

STORES = {"REDIS_URL": "redis://localhost", "MONGODB_URI": "mongodb://localhost"}


@pytest.fixture
def sentry() -> Iterator[Watcher]:
    before = structlog.get_config()
    with Watcher() as watcher:
        settings = Settings.from_env(ENVIRONMENT | STORES | {"SENTRY_DSN": watcher.dsn, "SERVER_ID": "one"})
        logs.configure(settings, "process-1")
        error_reports.start(settings, "process-1", "worker")
        yield watcher
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
        logs.tell_errors_to(None)
        structlog.configure(**before)


def fail(body: str) -> None:
    text = f"{body}, said again"
    raise LookupError("no such shard") from ValueError(len(text))


def test_an_error_is_reported_with_its_stack_and_without_what_was_said(sentry: Watcher) -> None:
    log, secret = structlog.get_logger("app.somewhere"), secrets.token_hex(16)  # not in the source, which is sent
    try:
        fail(secret)
    except LookupError:
        log.exception("commit_failed", shard=3, body=secret)
    log.error("dead_letter", reason="too large")
    log.warning("store_away", store="redis")
    error_reports.stop()

    failed, dead = sentry.errors
    assert [value["type"] for value in failed["exception"]["values"]] == ["ValueError", "LookupError"]
    assert failed["contexts"]["line"]["event"] == "commit_failed"
    assert failed["contexts"]["line"]["shard"] == 3
    assert failed["contexts"]["line"]["body"] == "[withheld]"
    assert failed["tags"] == {"process": "process-1", "role": "worker"}
    assert failed["server_name"] == "one"
    assert dead["message"] == "dead_letter" and dead["level"] == "error"
    assert secret.encode() not in b"".join(sentry.raw)


def test_nothing_is_reported_without_an_address() -> None:
    error_reports.start(Settings.from_env(ENVIRONMENT | STORES), "process-1", "web")
    assert not sentry_sdk.get_client().is_active()
