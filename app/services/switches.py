"""What is allowed in all of this Chatter, as its administrators set it; every process looks again after a few seconds."""

import time
from collections.abc import Callable
from dataclasses import asdict

from app.domain.errors import Conflict, Forbidden
from app.domain.switches import NO_GROUPS, Switches
from app.models import Installation, User

BELIEVED_S = 5.0


class SwitchBoard:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: tuple[float, Switches] | None = None

    def current(self) -> Switches:
        """What holds now, or held a few seconds ago. Raises PyMongoError."""
        if self._known is None or self._clock() - self._known[0] > BELIEVED_S:
            asked = self._clock()
            row = Installation._get_collection().find_one({"_id": "installation"}, {"switches": 1})
            self._known = (asked, Switches.of((row or {}).get("switches")))
        return self._known[1]

    def change(self, switches: Switches) -> None:
        """From now on, in every process within a few seconds. Raises Conflict before the first migration."""
        here = Installation._get_collection()
        if not here.update_one({"_id": "installation"}, {"$set": {"switches": asdict(switches)}}).matched_count:
            raise Conflict("The migrations have not run yet.")
        self._known = None

    def check_founder(self, user: str) -> None:
        """Raises Forbidden where the user may make no group."""
        if self.current().groups == "everyone":
            return
        account = User.objects(id=user).only("role").first()
        if account is None or not self.current().makes_groups(account.role):
            raise Forbidden(NO_GROUPS)
