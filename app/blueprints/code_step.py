"""A code on its way to a telephone, remembered in the asking browser's session: for signing in and for linking."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from app.blueprints.asker import address
from app.blueprints.forms import Form
from app.blueprints.languages import language
from app.domain.errors import ChatError, CodeRefused, StaleSignIn
from app.services.codes import Challenge
from app.services.phone_numbers import readable, to_e164
from app.services.registry import services

Code = Annotated[str, StringConstraints(max_length=20)]


class NumberForm(Form):
    """A telephone number, as dialled in ``region``."""

    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    next: Annotated[str, StringConstraints(max_length=500)] = ""


class CodeForm(Form):
    code: Code


@dataclass(frozen=True, slots=True)
class CodeStep:
    """The step of a flow. ``key`` is where the session keeps it: each flow has its own."""

    key: str

    def begin(self, form: NumberForm, purpose: str) -> None:
        """Send a code and remember the challenge. Raises Invalid, RateLimited, Unavailable, Degraded."""
        self.send(to_e164(form.number, form.region), purpose)

    def send(self, phone: str, purpose: str) -> None:
        """Send a code to ``phone`` (E.164) and remember the challenge. Raises RateLimited, Unavailable, Degraded."""
        challenge = services().codes.start(phone, address(), purpose, language())
        self._remember(challenge, phone)

    def resend(self) -> None:
        """Send a new code. Raises StaleSignIn, RateLimited, Unavailable, Degraded."""
        waiting = self._waiting()
        self._remember(services().codes.resend(waiting["challenge"], address(), language()), waiting["phone"])

    def resend_and_lead_on(
        self, code: str, begin: str, code_page: Callable[[ChatError], ResponseReturnValue]
    ) -> ResponseReturnValue:
        """Send a new code, and lead to the endpoint ``code``, which asks for it; to ``begin`` where no code is on its way.
        What is refused is said on ``code_page``."""
        if not self.is_waiting:
            return redirect(url_for(begin), 303)
        try:
            self.resend()
        except ChatError as error:
            return code_page(error)
        return redirect(url_for(code), 303)

    def redeem(self, form: CodeForm, purpose: str) -> str:
        """The number (E.164) that the right code proves; the step is over. Raises CodeRefused, RateLimited."""
        proof = services().codes.redeem(self._waiting()["challenge"], digits(form.code), address())
        session.pop(self.key, None)
        if proof.purpose != purpose:
            raise CodeRefused
        return proof.phone

    def page(self) -> dict[str, Any]:
        """What the code page shows. Raises StaleSignIn where no code is on its way."""
        waiting = self._waiting()
        return {
            "phone": readable(waiting["phone"]),
            "resend_in": max(0, round(waiting["resend_at"] - time.time())),
            "development_code": waiting.get("shown_code"),
        }

    @property
    def is_waiting(self) -> bool:
        return self.key in session

    def _waiting(self) -> dict[str, Any]:
        waiting = session.get(self.key)
        if not waiting:
            raise StaleSignIn
        return dict(waiting)

    def _remember(self, challenge: Challenge, phone: str) -> None:
        waiting = {"challenge": challenge.id, "phone": phone, "resend_at": time.time() + challenge.resend_in}
        if challenge.shown_code is not None:
            waiting["shown_code"] = challenge.shown_code
        session[self.key] = waiting


def digits(code: str) -> str:
    """A code as typed or pasted, without the spaces and dashes people put in."""
    return "".join(character for character in code if not character.isspace() and character != "-")
