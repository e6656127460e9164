"""What a person wants to be told of: read, changed, told to their other devices. Nobody else sees any of it."""

from typing import Any, TypedDict

from app.domain.errors import Invalid, NotFound
from app.domain.notifications import Notifications, zone_of
from app.models import User
from app.services.limits import Limits
from app.services.publishing import Publisher

NO_ZONE = "is not a time zone"
NO_HOURS = "is when it begins, too"


class DailyChange(TypedDict):
    begins: str
    ends: str
    zone: str


class NotificationsChange(TypedDict, total=False):
    """What is absent stays as it is; None: no quiet, not until a moment (ms), or not every day."""

    show_text: bool
    quiet_until: int | None
    quiet_daily: DailyChange | None


class NotificationSettings:
    def __init__(self, publisher: Publisher, limits: Limits) -> None:
        self._publisher = publisher
        self._limits = limits

    def of(self, user: str) -> dict[str, Any]:
        """The user's choices, as on the wire. Raises NotFound."""
        row = User._get_collection().find_one({"_id": user, "disabled_at": None}, {"notifications": 1})
        if row is None:
            raise NotFound
        return Notifications.of(row.get("notifications")).to_wire()

    def change(self, user: str, change: NotificationsChange) -> dict[str, Any]:
        """Change what is given, and tell the user's own pages; answers all choices. Raises Invalid, RateLimited."""
        self._limits.check("notifications", user)
        daily = change.get("quiet_daily")
        if daily is not None and zone_of(daily["zone"]) is None:
            raise Invalid(fields={"quiet_daily.zone": NO_ZONE})
        if daily is not None and daily["begins"] == daily["ends"]:
            raise Invalid(fields={"quiet_daily.ends": NO_HOURS})
        if change:
            choices = {f"notifications.{name}": value for name, value in change.items()}
            User._get_collection().update_one({"_id": user, "disabled_at": None}, {"$set": choices})
        chosen = self.of(user)
        if change:
            self._publisher.to_users([user], "notifications_changed", {"notifications": chosen})
        return chosen
