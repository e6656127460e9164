"""Which devices are told by push, and how it went: on the device's own document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.domain.errors import Invalid, NotSignedIn
from app.models import Device
from app.models.accounts import now
from app.services.limits import Limits
from app.services.outgoing import may_ask
from app.services.push_sender import is_key, is_secret

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 3_600
MOST_FAILURES = 40
"""About a day and a half; the browser subscribes anew when it is opened."""
NOTHING = {"push_subscription": "", "push_failures": "", "push_after": "", "push_owed": ""}
_SHOWN = {"user": 1, "push_subscription": 1, "push_failures": 1, "push_after": 1, "push_owed": 1}


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A device that is told by push: nothing before ``after``; ``owed`` are conversations it could not be told of."""

    device: str
    user: str
    subscription: dict[str, str]
    failures: int
    after: datetime | None
    owed: frozenset[str]


class PushSubscriptions:
    """``loopback``: endpoints may be on this machine, which is for tests. A device that was not heard of for ``life_days``
    is signed in no more, and told nothing."""

    def __init__(self, limits: Limits, life_days: int, *, loopback: bool = False) -> None:
        self._limits = limits
        self._life = timedelta(days=life_days)
        self._loopback = loopback

    def subscribe(self, user: str, device: str, endpoint: str, p256dh: str, auth: str) -> None:
        """Tell this device by push from now on. Raises Invalid, RateLimited, NotSignedIn.

        An endpoint is one browser's: whoever used that browser before is told nothing there any more.
        """
        self._limits.check("push", user)
        wrong = {
            "endpoint": not may_ask(endpoint, loopback=self._loopback),
            "keys.p256dh": not is_key(p256dh),
            "keys.auth": not is_secret(auth),
        }
        if any(wrong.values()):
            raise Invalid(fields={name: "is not a push subscription's" for name, is_wrong in wrong.items() if is_wrong})
        devices = Device._get_collection()
        devices.update_many({"push_subscription.endpoint": endpoint, "_id": {"$ne": device}}, {"$unset": NOTHING})
        subscription = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}
        unset = {name: "" for name in NOTHING if name != "push_subscription"}
        signed_in = {"_id": device, "user": user, "signed_out_at": None}
        changed = devices.update_one(signed_in, {"$set": {"push_subscription": subscription}, "$unset": unset})
        if not changed.matched_count:
            raise NotSignedIn

    def unsubscribe(self, user: str, device: str) -> None:
        """Tell this device nothing more by push."""
        Device._get_collection().update_one({"_id": device, "user": user}, {"$unset": NOTHING})

    def endpoint_of(self, user: str, device: str) -> str | None:
        """Where this device is told, if it is."""
        row = Device._get_collection().find_one({"_id": device, "user": user}, {"push_subscription": 1})
        subscription = (row or {}).get("push_subscription")
        return str(subscription["endpoint"]) if subscription else None

    def of(self, users: Iterable[str]) -> dict[str, list[Subscribed]]:
        """The subscribed devices of each of ``users`` who has any, in one query."""
        query = {
            "user": {"$in": list(users)},
            "signed_out_at": None,
            "push_subscription": {"$ne": None},
            "last_seen": {"$gte": now() - self._life},
        }
        found: dict[str, list[Subscribed]] = {}
        for row in Device._get_collection().find(query, _SHOWN):
            found.setdefault(row["user"], []).append(_subscribed(row))
        return found

    def sent(self, device: Subscribed, conversation: str) -> None:
        """It was told of this conversation."""
        changes: dict[str, Any] = {"$pull": {"push_owed": conversation}} if conversation in device.owed else {}
        if device.failures or device.after:
            changes["$unset"] = {"push_failures": "", "push_after": ""}
        if changes:
            Device._get_collection().update_one(_still(device), changes)

    def gone(self, device: Subscribed) -> None:
        """Its push service does not know it any more."""
        log.info("push_subscription_gone", device=device.device)
        Device._get_collection().update_one(_still(device), {"$unset": NOTHING})

    def failed(self, device: Subscribed, retry_after_s: float, why: str) -> float:
        """It could not be told. Answers in how many seconds to try again: longer each time."""
        if device.failures + 1 >= MOST_FAILURES:
            self.gone(device)
            return 0
        pause = max(retry_after_s, min(FIRST_PAUSE_S * 2.0**device.failures, LONGEST_PAUSE_S))
        log.warning("push_failed", device=device.device, cause=why, again_in_seconds=round(pause))
        changes = {"$inc": {"push_failures": 1}, "$set": {"push_after": now() + timedelta(seconds=pause)}}
        Device._get_collection().update_one(_still(device), changes)
        return pause

    def owe(self, device: Subscribed, conversations: Iterable[str]) -> None:
        """It is still to be told of these."""
        update = {"$addToSet": {"push_owed": {"$each": sorted(conversations)}}}
        Device._get_collection().update_one(_still(device), update)

    def owe_nothing(self, device: Subscribed, conversations: Iterable[str] | None = None) -> None:
        """What it was not told of these (None: of any) is of no interest any more."""
        if conversations is None:
            Device._get_collection().update_one(_still(device), {"$unset": {"push_owed": ""}})
        else:
            update = {"$pull": {"push_owed": {"$in": sorted(conversations)}}}
            Device._get_collection().update_one(_still(device), update)


def _still(device: Subscribed) -> dict[str, Any]:
    """The device, as long as it has not subscribed anew meanwhile."""
    return {"_id": device.device, "push_subscription.endpoint": device.subscription["endpoint"]}


def _subscribed(row: dict[str, Any]) -> Subscribed:
    subscription = {name: str(row["push_subscription"][name]) for name in ("endpoint", "p256dh", "auth")}
    return Subscribed(
        row["_id"],
        row["user"],
        subscription,
        row.get("push_failures") or 0,
        row.get("push_after"),
        frozenset(row.get("push_owed") or ()),
    )
