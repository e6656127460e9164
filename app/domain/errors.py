"""Refusals. Each is a type with a wire ``code`` and an HTTP ``status``; anything else that is raised is a bug.

They are translated once for HTTP (``app/blueprints/errors.py``) and once for socket acks (``app/realtime/acks.py``).
"""

from typing import Any


class ChatError(Exception):
    """A refusal that the person or program asking can understand.

    ``message`` is safe to show; ``retry_after`` is in seconds; ``details`` are JSON-ready and name no other person.
    """

    code = "refused"
    status = 400
    default_message = "That was refused."

    def __init__(self, message: str | None = None, *, retry_after: float | None = None, **details: Any) -> None:
        super().__init__(message or self.default_message)
        self.message = message or self.default_message
        self.retry_after = retry_after
        self.details = details

    def to_wire(self) -> dict[str, Any]:
        """``{code, message, retry_after?, details?}``."""
        wire: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.retry_after is not None:
            wire["retry_after"] = round(self.retry_after, 3)
        if self.details:
            wire["details"] = self.details
        return wire


class Invalid(ChatError):
    """The payload is not what the command or route takes; ``details.fields`` names what and why."""

    code, status, default_message = "invalid", 422, "That is not valid."


class NotSignedIn(ChatError):
    code, status, default_message = "not_signed_in", 401, "Sign in first."


class NotFound(ChatError):
    """Missing, or not for you: the two must look the same."""

    code, status, default_message = "not_found", 404, "There is nothing here, or it is not for you."


class NotAMember(NotFound):
    """Says the same as NotFound on purpose."""


class Forbidden(ChatError):
    code, status, default_message = "forbidden", 403, "You may not do that."


class ConfirmFirst(Forbidden):
    """Only for somebody who showed in the last minutes that it is them."""

    code = "confirm_first"
    default_message = "Confirm that it is you first."


class Conflict(ChatError):
    code, status, default_message = "conflict", 409, "That is taken."


class ClientIdReused(ChatError):
    """The same client id came with another body: the sender's bug, never a retry. ``details.seq`` is the first one's."""

    code, status = "client_id_reused", 409
    default_message = "This client id was already used for something else."


class LinkGone(ChatError):
    """A group's invite link leads nowhere any more; ``details.reason``: expired, revoked, used_up or closed."""

    code, status, default_message = "link_gone", 410, "This invite link does not work any more."


class RateLimited(ChatError):
    code, status, default_message = "rate_limited", 429, "Too much at once. Wait a moment."


class SlowedDown(RateLimited):
    """The group's slow mode: nothing is wrong, and the same message may be sent after ``retry_after``."""

    code, default_message = "slow_mode", "Slow mode is on. Wait a moment before you write again."


class TooLarge(ChatError):
    code, status, default_message = "too_large", 413, "That is too large."


class Pending(ChatError):
    """Accepted and not yet stored; asking again with the same client id gets the outcome."""

    code, status, default_message = "pending", 503, "Not stored yet. Ask again with the same client id."


class Degraded(ChatError):
    """A store is away or behind; nothing was lost, sending is paused."""

    code, status, default_message = "degraded", 503, "Sending is paused for a moment. Nothing is lost."


class CodeRefused(ChatError):
    """A sign-in code is wrong, used up, too old or another browser's: one answer for all."""

    code, status, default_message = "code_refused", 400, "That code is not right, or it has expired."


class PasskeyRefused(ChatError):
    """A passkey is not known, or its answer is wrong, used up, too old or another browser's: one answer for all."""

    code, status = "passkey_refused", 400
    default_message = "That passkey does not work here, or it took too long. Try again, or sign in another way."


class StaleSignIn(ChatError):
    """The step belongs to a sign-in that is over or another browser's (OAuth state, code challenge)."""

    code, status, default_message = "stale_sign_in", 400, "This sign-in has expired. Start again."


class Unavailable(ChatError):
    """Something this installation has not been given (an SMS provider, Google settings)."""

    code, status, default_message = "unavailable", 503, "This is not available here."
