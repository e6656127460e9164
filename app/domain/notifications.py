"""When somebody is called: the level they chose for a chat, and the hours in which they want quiet. Pure.

The browser judges the same way (``static/js/domain/notifications.js``); both read ``tests/wire/notifications.json``.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Level = Literal["all", "mentions", "none"]
LEVELS: tuple[Level, ...] = ("all", "mentions", "none")

TIME_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,32}){0,2}")


def level_of(stored: Any) -> Level:
    """The level in a stored document; what is absent, or not known here, is everything."""
    return next((level for level in LEVELS if level == stored), "all")


def calls(level: Level, *, muted: bool, mentioned: bool) -> bool:
    """Does a message in a chat of this ``level`` call its reader? ``mentioned``: it names them, or answers them."""
    return not muted and (level == "all" or (level == "mentions" and mentioned))


@dataclass(frozen=True, slots=True)
class Daily:
    """Quiet from ``begins`` to ``ends`` (``HH:MM``, over midnight too) every day, in the time ``zone`` of this name."""

    begins: str
    ends: str
    zone: str

    def holds(self, at: datetime) -> bool:
        """Is the aware moment ``at`` within it? A zone that is not known here has no hours."""
        zone = zone_of(self.zone)
        if zone is None:
            return False
        minute = f"{at.astimezone(zone):%H:%M}"
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


@dataclass(frozen=True, slots=True)
class Notifications:
    """A person's choices, for all their devices. ``quiet_until`` in ms; ``show_text``: notifications hold the text."""

    show_text: bool = True
    quiet_until: int | None = None
    quiet_daily: Daily | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Notifications":
        """The choices in a stored document; what is absent is as it is for everybody."""
        known = stored or {}
        daily = known.get("quiet_daily")
        return cls(
            show_text=known.get("show_text") is not False,
            quiet_until=known.get("quiet_until"),
            quiet_daily=Daily(daily["begins"], daily["ends"], daily["zone"]) if daily else None,
        )

    def is_quiet(self, at: datetime) -> bool:
        """Does the person want to hear of nothing at the aware moment ``at``?"""
        until = self.quiet_until or 0
        return at.timestamp() * 1000 < until or (self.quiet_daily is not None and self.quiet_daily.holds(at))

    def to_wire(self) -> dict[str, Any]:
        return asdict(self)


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of this name (IANA's), if there is one."""
    if not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
