"""Structured logs: one event a line, with the ids that let one follow a message; never a secret, code or text."""

import json
import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO

import orjson
import structlog

from config import Settings

NEVER_LOGGED = frozenset(
    {"body", "text", "code", "password", "token", "access_token", "secret", "cookie", "authorization", "phone"}
)

ERROR_METHODS = frozenset({"error", "exception", "critical"})


class _Errors:
    seen = 0
    tell: Callable[[dict[str, Any]], None] | None = None


def errors_seen() -> int:
    """How many errors this process has logged."""
    return _Errors.seen


def _count(_logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    if method in ERROR_METHODS:
        _Errors.seen += 1
    return event


def tell_errors_to(tell: Callable[[dict[str, Any]], None] | None) -> None:
    """Hand each error's line to ``tell``, too, without what must not be logged; it must not raise."""
    _Errors.tell = tell


def _tell(_logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    if _Errors.tell is not None and method in ERROR_METHODS:
        _Errors.tell(event)
    return event


def configure(settings: Settings, process: str) -> None:
    """Set up structlog and the standard library's logging for this process.

    Chatter's own lines go straight to stderr, because there is one for every message; libraries' lines come by way of
    the standard library's logging, which costs several times as much, and look the same.
    """

    def name_process(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        return {"process": process} | event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_process,
        _count,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _withhold,
        _tell,
    ]
    renderer: Any = _as_json if settings.log_format == "json" else _as_text(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        # Filtered before anything is built: a line below the level costs next to nothing on the path of a message.
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=lambda name="": Lines(name, sys.stderr),
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


class Lines:
    """Writes finished lines, each whole and at once. ``name`` is the module's that speaks."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()

    debug = info = warning = error = critical = exception = fatal = warn = log = msg


def _as_json(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError):  # what no valid text is; a line must never fail whoever says it
        return json.dumps(event, default=repr, skipkeys=True)


def _as_text(*, colors: bool) -> Any:
    return structlog.dev.ConsoleRenderer(colors=colors)


def _withhold(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank the values of names that must not be logged, whoever logs them.

    The console SMS provider is the one exception and logs its code under another name, on purpose.
    """
    for name in event.keys() & NEVER_LOGGED:
        event[name] = "[withheld]"
    return event
