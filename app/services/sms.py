"""Sending a text message: one small interface, two providers."""

from typing import Protocol

import requests
import structlog

from app.domain.errors import Unavailable
from config import Settings

log = structlog.get_logger(__name__)

TIMEOUT_S = 10
NOT_SENT = "The text message could not be sent. Try again in a moment."


class SmsProvider(Protocol):
    """Hands a text to a telephone network."""

    @property
    def shows_texts(self) -> bool:
        """May whoever runs this installation read the texts in its log?"""

    def send(self, to: str, text: str) -> None:
        """Send ``text`` to the E.164 number ``to``; raises Unavailable where it was not accepted."""


class ConsoleSms:
    """Writes the text to the server's log: for development, and for installations that ask for it by name."""

    shows_texts = True

    def send(self, to: str, text: str) -> None:
        # The one line of the program that may log a code: the log is this provider's telephone.
        log.info("sms_code", to=to, says=text)


class TwilioSms:
    """Twilio's REST call ``POST /2010-04-01/Accounts/{sid}/Messages.json``."""

    shows_texts = False

    def __init__(self, account_sid: str, auth_token: str, sender: str, url: str) -> None:
        self._endpoint = f"{url}/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._credentials = (account_sid, auth_token)
        self._sender = sender

    def send(self, to: str, text: str) -> None:
        form = {"To": to, "From": self._sender, "Body": text}
        try:
            answer = requests.post(
                self._endpoint, data=form, auth=self._credentials, timeout=TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException as error:
            log.warning("sms_not_sent", provider="twilio", cause=type(error).__name__)
            raise Unavailable(NOT_SENT, retry_after=30) from None
        if answer.status_code != 201:
            log.warning("sms_not_sent", provider="twilio", status=answer.status_code, reason=_reason(answer))
            raise Unavailable(NOT_SENT, retry_after=30)


class NoSms:
    """An installation where nobody signs in by telephone."""

    shows_texts = False

    def send(self, to: str, text: str) -> None:
        raise Unavailable("This installation sends no text messages.")


def provider_for(settings: Settings) -> SmsProvider:
    """The provider that the settings name."""
    if settings.sms_provider == "twilio":
        return TwilioSms(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            settings.twilio_from,
            settings.twilio_base_url,
        )
    return ConsoleSms() if settings.sms_provider == "console" else NoSms()


def _reason(answer: requests.Response) -> int | None:
    """Twilio's error number, such as 21211; its message is left out, because it quotes the number."""
    try:
        code = answer.json().get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None
