"""One's privacy: read, changed, told."""

from typing import Any, Literal, TypedDict

from app.domain.errors import NotFound
from app.domain.privacy import Audience
from app.models import User
from app.services.limits import Limits
from app.services.presence import Presence
from app.services.publishing import Publisher


class PrivacyChange(TypedDict, total=False):
    """What is absent stays as it is."""

    last_seen: Audience
    receipts: bool
    typing: bool
    groups: Audience
    first_messages: Literal["everyone", "contacts"]


class PrivacySettings:
    def __init__(self, presence: Presence, publisher: Publisher, limits: Limits) -> None:
        self._presence = presence
        self._visibility = presence.visibility
        self._publisher = publisher
        self._limits = limits

    def of(self, user: str) -> dict[str, Any]:
        """The user's choices, as on the wire, past what is remembered."""
        self._visibility.forget(user)
        settings = self._visibility.settings([user])
        if user not in settings:
            raise NotFound
        return settings[user].to_wire()

    def change(self, user: str, change: PrivacyChange) -> dict[str, Any]:
        """Change what is given; every server keeps to it from now on. Answers all choices. Raises RateLimited.

        The user's own pages hear of it, and whoever may see less or more of them now hears how they look.
        """
        self._limits.check("privacy", user)
        if change:
            choices = {f"privacy.{name}": value for name, value in change.items()}
            User._get_collection().update_one({"_id": user, "disabled_at": None}, {"$set": choices})
            self._visibility.forget(user)
            self._publisher.privacy_changed(user)
        chosen = self.of(user)
        if change:
            self._publisher.to_users([user], "privacy_changed", {"privacy": chosen})
        if "last_seen" in change or "first_messages" in change:
            self._presence.retell(user)
        return chosen
