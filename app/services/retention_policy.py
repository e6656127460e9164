"""How long messages are kept in all of this Chatter, as its administrators set it.

A change stands for a day before anything is deleted by it, so that a slip can be taken back; until then as much is kept as the longer of
both says.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.errors import Conflict, Invalid
from app.domain.retention import MOST_DAYS, STANDS_MS, longer
from app.models import Installation

BELIEVED_S = 5.0
HERE = {"_id": "installation"}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Policy:
    """``days``: so long messages are kept, 0 for ever. ``next_days`` from ``next_at`` (ms) on; None: no change is pending."""

    days: int = 0
    next_days: int | None = None
    next_at: int | None = None

    @classmethod
    def of(cls, stored: dict[str, Any] | None, at: int) -> "Policy":
        """What is stored, as it is at the moment ``at`` (ms)."""
        known = stored or {}
        policy = cls(known.get("days") or 0, known.get("next_days"), known.get("next_at"))
        if policy.next_days is not None and policy.next_at is not None and policy.next_at <= at:
            return cls(policy.next_days)
        return policy

    @property
    def deletes_after(self) -> int:
        """After how many days messages may be deleted now, 0 never."""
        return self.days if self.next_days is None else longer(self.days, self.next_days)


class RetentionPolicy:
    """``now`` gives ms, ``clock`` seconds of no particular day."""

    def __init__(self, now: Callable[[], int] = now_ms, clock: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._clock = clock
        self._known: tuple[float, Policy] | None = None

    def current(self) -> Policy:
        """What holds now. Raises PyMongoError."""
        row = Installation._get_collection().find_one(HERE, {"retention": 1})
        policy = Policy.of((row or {}).get("retention"), self._now())
        self._known = (self._clock(), policy)
        return policy

    def kept_days(self) -> int:
        """How long messages are kept, 0 for ever: now, or a few seconds ago. Raises PyMongoError."""
        if self._known is None or self._clock() - self._known[0] > BELIEVED_S:
            return self.current().days
        return self._known[1].days

    def change(self, days: int) -> Policy:
        """Keep messages for so many days (0: for ever), in a day from now. Raises Invalid, and Conflict where it is so already
        or before the first migration."""
        if not 0 <= days <= MOST_DAYS:
            raise Invalid(f"Messages are kept for 1 to {MOST_DAYS:,} days, or for ever.")
        before = self.current()
        if days == (before.days if before.next_days is None else before.next_days):
            raise Conflict("That is so already.")
        return self._store(Policy(before.days, days, self._now() + STANDS_MS) if days != before.days else Policy(days))

    def take_back(self) -> Policy:
        """The change that is pending does not come. Raises Conflict where there is none any more."""
        before = self.current()
        if before.next_days is None:
            raise Conflict("No change is pending.")
        return self._store(Policy(before.days))

    def _store(self, policy: Policy) -> Policy:
        values = {"days": policy.days, "next_days": policy.next_days, "next_at": policy.next_at}
        if not Installation._get_collection().update_one(HERE, {"$set": {"retention": values}}).matched_count:
            raise Conflict("The migrations have not run yet.")
        self._known = None
        return policy
