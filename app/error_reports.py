"""Sentry: every error that a process logs is reported, where an address is configured. Nothing is imported where none is.

What is sent is the log line and the stack; no local variable, request body or header, as texts and codes would be in them.
"""

import sys
from typing import Any

from app import logs
from config import Settings

STOP_WITHIN_S = 2.0


def start(settings: Settings, process: str, role: str) -> None:
    """Report this process's errors to ``SENTRY_DSN``, if that is set. Raises ConfigError."""
    if not settings.sentry_dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.environment,
        server_name=settings.server_id,
        default_integrations=False,
        integrations=[DedupeIntegration(), ExcepthookIntegration()],
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
    )
    sentry_sdk.set_tags({"process": process, "role": role})
    logs.tell_errors_to(_report)


def stop() -> None:
    """Send what is left."""
    if "sentry_sdk" in sys.modules:
        import sentry_sdk

        sentry_sdk.flush(STOP_WITHIN_S)


def _report(event: dict[str, Any]) -> None:
    """``event``: a log line's fields, those withheld blanked."""
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        scope.set_context("line", {name: value for name, value in event.items() if name != "exc_info"})
        scope.fingerprint = ["{{ default }}", str(event["event"])]
        error = event.get("exc_info")
        if error:
            scope.capture_exception(sys.exc_info() if error is True else error)
        else:
            scope.capture_message(str(event["event"]), "error")
