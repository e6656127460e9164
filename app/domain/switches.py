"""What whoever runs this Chatter allows all of it: pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.errors import Forbidden
from app.domain.membership import GROUP_MEMBERS

Founders = Literal["everyone", "admins"]
LEAST_MEMBERS = 2
CLOSED = "Nobody new is let in here at the moment."
NO_GROUPS = "Only whoever runs this Chatter makes groups here."


@dataclass(frozen=True, slots=True)
class Switches:
    """``sign_up``: whoever proves a number or a Google account that is new gets an account. ``groups``: who makes groups;
    ``group_members``: how many fit into one. A group that is larger already stays so, and nobody more comes in."""

    sign_up: bool = True
    groups: Founders = "everyone"
    group_members: int = GROUP_MEMBERS

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Switches":
        """What is stored; what is not is as it is without."""
        known = stored or {}
        groups: Founders = "admins" if known.get("groups") == "admins" else "everyone"
        return cls(bool(known.get("sign_up", True)), groups, int(known.get("group_members", GROUP_MEMBERS)))

    def makes_groups(self, role: str) -> bool:
        """May an account with this role make a group?"""
        return self.groups == "everyone" or role == "admin"

    def check_sign_up(self) -> None:
        """Raises Forbidden where nobody new is let in."""
        if not self.sign_up:
            raise Forbidden(CLOSED)
