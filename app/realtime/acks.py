"""Every command is answered: ``{ok: true, …}``, or ``{ok: false, code, message, retry_after?, details?}``."""

from typing import Any

import structlog

from app.domain.errors import ChatError

log = structlog.get_logger(__name__)

Ack = dict[str, Any]


def accepted(fields: dict[str, Any] | None = None) -> Ack:
    return {"ok": True, **(fields or {})}


def refused(error: ChatError) -> Ack:
    return {"ok": False, **error.to_wire()}


def internal() -> Ack:
    """A bug: the details are in the log, not on the wire."""
    return {"ok": False, "code": "internal", "message": "Something went wrong on our side."}
