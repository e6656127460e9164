"""What whoever runs this Chatter allows all of it: pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.errors import Forbidden

Founders = Literal["everyone", "admins"]
CLOSED = "Nobody new is let in here at the moment."
NO_GROUPS = "Only whoever runs this Chatter makes groups here."


@dataclass(frozen=True, slots=True)
class Switches:
    """``sign_up``: whoever proves a number or a Google account that is new gets an account. ``groups``: who makes groups."""

    sign_up: bool = True
    groups: Founders = "everyone"

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Switches":
        """What is stored; what is not is as it is without."""
        known = stored or {}
        return cls(bool(known.get("sign_up", True)), "admins" if known.get("groups") == "admins" else "everyone")

    def makes_groups(self, role: str) -> bool:
        """May an account with this role make a group?"""
        return self.groups == "everyone" or role == "admin"

    def check_sign_up(self) -> None:
        """Raises Forbidden where nobody new is let in."""
        if not self.sign_up:
            raise Forbidden(CLOSED)
