"""The one way to change something in the dashboard: written to the audit log before it is carried out.

A view that takes a POST and is not marked by ``change`` is answered by nothing but an error (``guard.py``).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import wraps
from typing import Any, Protocol

from flask import redirect
from flask.typing import ResponseReturnValue

from app.blueprints.asker import address
from app.blueprints.identity import current_user_id
from app.domain.errors import ChatError, NotFound
from app.services.audit import Actor
from app.services.registry import services


class Pages(Protocol):
    """A view with a page for each subject: an account, a conversation."""

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        """The subject's page, with ``error`` on it if something was refused. Raises NotFound."""

    def path(self, subject: str, done: str) -> str:
        """Where the page is; it says that ``done`` was done."""


Carry = Callable[[Any, str, dict[str, Any]], None]


def change(
    action: str, whom: Callable[[str], str] | None = None
) -> Callable[[Carry], Callable[[Any, str], ResponseReturnValue]]:
    """Make ``view(self, subject, details)`` a change named ``action``: what it puts into ``details`` is written down, too.

    ``whom`` tells who it is done to, where that is not what the page is about: then that is written down as the subject, and the
    page's among the details (``page``). NotFound, where it raises that: the subject is the page's.

    Answers with the subject's page: anew where it was done, and with the refusal where it was refused.
    """

    def mark(view: Carry) -> Callable[[Any, str], ResponseReturnValue]:
        @wraps(view)
        def carried_out(self: Pages, subject: str) -> ResponseReturnValue:
            actor = Actor(current_user_id(), address())
            services().limits.check("administer", actor.id)
            try:
                with _written_down(actor, action, subject, whom) as details:
                    view(self, subject, details)
            except ChatError as error:
                return self.page(subject, error)
            return redirect(self.path(subject, action), 303)

        carried_out.chatter_audited = action  # type: ignore[attr-defined]
        return carried_out

    return mark


def _written_down(
    actor: Actor, action: str, subject: str, whom: Callable[[str], str] | None
) -> AbstractContextManager[dict[str, Any]]:
    if whom is not None:
        with suppress(NotFound):
            return services().audit.carrying_out(actor, action, whom(subject), page=subject)
    return services().audit.carrying_out(actor, action, subject)
