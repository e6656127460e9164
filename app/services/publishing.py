"""How services tell clients a fact. The implementation is ``app/realtime/publisher.py``."""

from collections.abc import Iterable
from typing import Any, Protocol

from app.domain.commands import FactName


class Publisher(Protocol):
    """Best effort by design: a fact that is lost is found again by ``heads`` and ``sync``."""

    def to_users(self, users: Iterable[str], fact: FactName, payload: dict[str, Any]) -> None:
        """Tell every open socket of these users, on every server."""

    def to_everybody(self, fact: FactName, payload: dict[str, Any]) -> None:
        """Tell every open socket, on every server."""

    def to_conversation(
        self, conversation: str, epoch: int, fact: FactName, payload: dict[str, Any], *, skip: str | None = None
    ) -> None:
        """Tell every socket in the conversation's room; ``skip`` leaves out one socket id."""

    def sign_out_devices(self, devices: Iterable[str], reason: str) -> None:
        """Say ``signed_out`` to the devices' sockets and close them, on every server."""

    def privacy_changed(self, user: str) -> None:
        """Make every process forget what it remembered of the user's privacy."""

    def access_changed(self, conversation: str) -> None:
        """Make every process forget what it cached about who may do what in this conversation."""
