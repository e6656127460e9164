"""What a person gives away of themselves, and to whom.

Presence, read receipts and typing are mutual: whoever hides theirs from somebody does not see that person's either.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Audience = Literal["everyone", "contacts", "nobody"]
AUDIENCES: tuple[Audience, ...] = ("everyone", "contacts", "nobody")


@dataclass(frozen=True, slots=True)
class Privacy:
    """A person's choices. ``last_seen``: who sees whether they are here, and since when not; ``groups``: who may add
    them to groups; ``first_messages``: who may write to them first, without asking."""

    last_seen: Audience = "everyone"
    receipts: bool = True
    typing: bool = True
    groups: Audience = "everyone"
    first_messages: Literal["everyone", "contacts"] = "everyone"

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Privacy":
        """The choices in a stored document; what is absent, or not known here, is as it is for everybody."""
        known = stored or {}
        return cls(
            last_seen=_audience(known.get("last_seen")),
            receipts=known.get("receipts") is not False,
            typing=known.get("typing") is not False,
            groups=_audience(known.get("groups")),
            first_messages="contacts" if known.get("first_messages") == "contacts" else "everyone",
        )

    def to_wire(self) -> dict[str, Any]:
        return asdict(self)


def allows(audience: Audience, *, contact: bool) -> bool:
    """Does ``audience`` include somebody who is among one's contacts, or is not?"""
    return audience == "everyone" or (audience == "contacts" and contact)


def _audience(value: Any) -> Audience:
    return next((audience for audience in AUDIENCES if audience == value), "everyone")
