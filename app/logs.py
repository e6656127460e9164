"""Structured logs: one event a line, with the ids that let one follow a message; never a secret, code or text."""

import logging
import sys
from typing import Any

import structlog

from config import Settings

NEVER_LOGGED = frozenset(
    {"body", "text", "code", "password", "token", "access_token", "secret", "cookie", "authorization", "phone"}
)


def configure(settings: Settings, process: str) -> None:
    """Set up structlog and the standard library's logging for this process."""

    def name_process(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        return {"process": process} | event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_process,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _withhold,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        # Filtered before anything is built: a line below the level costs next to nothing on the path of a message.
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("engineio", "socketio", "geventwebsocket", "urllib3", "pymongo", "flask_limiter"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _withhold(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank the values of names that must not be logged, whoever logs them.

    The console SMS provider is the one exception and logs its code under another name, on purpose.
    """
    for name in event.keys() & NEVER_LOGGED:
        event[name] = "[withheld]"
    return event
