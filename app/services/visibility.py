"""Who may see what of whom: people's privacy, remembered for a while in this process.

A change is told by a control note and forgets it at once; the time is for a note that could not be sent.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from app.domain.privacy import Privacy, allows
from app.models import Contact, User

REMEMBER_S = 30.0
REMEMBER_PEOPLE = 50_000
OPEN = Privacy()
_ASKED = {"removed_at": None, "blocked_at": None, "unasked": {"$ne": True}}
"""A contact somebody wanted themselves: one they added, named or wrote to, and not one that merely came."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What some people may see of each other. ``contacts`` holds ``(owner, whom they have)``, as far as it matters."""

    settings: dict[str, Privacy]
    contacts: frozenset[tuple[str, str]]

    def presence(self, owner: str, viewer: str) -> bool:
        """May ``viewer`` see whether ``owner`` is here? Only where it would be so the other way round."""
        return owner == viewer or (self._shows(owner, viewer) and self._shows(viewer, owner))

    def receipts(self, owner: str, viewer: str) -> bool:
        """May ``viewer`` see how far ``owner`` has read?"""
        return owner == viewer or (self._of(owner).receipts and self._of(viewer).receipts)

    def shown_receipts(self, viewer: str) -> bool:
        """May ``viewer`` see anybody's receipts? Not those who give none."""
        return self._of(viewer).receipts

    def typing(self, owner: str, viewer: str) -> bool:
        """May ``viewer`` see that ``owner`` is typing?"""
        return owner == viewer or (self._of(owner).typing and self._of(viewer).typing)

    def adds(self, owner: str, other: str) -> bool:
        """May ``other`` add ``owner`` to a group?"""
        return allows(self._of(owner).groups, contact=(owner, other) in self.contacts)

    def writes_first(self, owner: str, other: str) -> bool:
        """May ``other`` write to ``owner`` first, without asking?"""
        return allows(self._of(owner).first_messages, contact=(owner, other) in self.contacts)

    def photo(self, owner: str, viewer: str) -> bool:
        """May ``viewer`` see ``owner``'s photo? Whoever has to ask before they write does not."""
        return owner == viewer or self.writes_first(owner, viewer)

    def _shows(self, owner: str, viewer: str) -> bool:
        shown = allows(self._of(owner).last_seen, contact=(owner, viewer) in self.contacts)
        return shown and self.writes_first(owner, viewer)

    def _of(self, user: str) -> Privacy:
        return self.settings.get(user, OPEN)


class Visibility:
    """``clock`` gives seconds, for what is remembered in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Privacy]] = OrderedDict()
        self._changes = 0

    def settings(self, users: Iterable[str]) -> dict[str, Privacy]:
        """Each user's choices, in one query for those that are not remembered."""
        wanted = set(users)
        moment = self._clock()
        found = {}
        for user in wanted:
            known = self._known.get(user)
            if known is not None and moment - known[0] < REMEMBER_S:
                found[user] = known[1]
        missing = list(wanted - found.keys())
        if not missing:
            return found
        changes = self._changes
        rows = User._get_collection().find({"_id": {"$in": missing}}, {"privacy": 1})
        loaded = {row["_id"]: Privacy.of(row.get("privacy")) for row in rows}
        if changes == self._changes:  # else what was read may be older than the change
            self._remember(moment, loaded)
        return found | loaded

    def among(self, users: Collection[str]) -> Sight:
        """What these may see of each other's receipts and typing: without contacts, which do not matter for them."""
        return Sight(self.settings(users), frozenset())

    def between(
        self, people: Collection[str], viewers: Collection[str], known: Mapping[str, User] | None = None
    ) -> Sight:
        """What ``people`` and ``viewers`` may see of each other; contacts are asked for only where they matter.

        ``known``: documents of some of them that were just read.
        """
        loaded = {id: Privacy.of(user.privacy) for id, user in (known or {}).items()}
        settings = loaded | self.settings((set(people) | set(viewers)) - loaded.keys())
        choosy = {user for user, chosen in settings.items() if _is_choosy(chosen)}
        sides = [(people, viewers), (viewers, people)]
        pairs: set[tuple[str, str]] = set()
        for owners, others in sides:
            asking = list(choosy & set(owners))
            if asking:
                asked = {"owner": {"$in": asking}, "user": {"$in": list(set(others))}, **_ASKED}
                rows = Contact._get_collection().find(asked, {"_id": 0, "owner": 1, "user": 1})
                pairs |= {(row["owner"], row["user"]) for row in rows}
        return Sight(settings, frozenset(pairs))

    def forget(self, user: str | None = None) -> None:
        """Drop what is known of one person, or of all."""
        self._changes += 1
        if user is None:
            self._known.clear()
        else:
            self._known.pop(user, None)

    def _remember(self, moment: float, loaded: dict[str, Privacy]) -> None:
        for user, privacy in loaded.items():
            self._known[user] = (moment, privacy)
            self._known.move_to_end(user)
        while len(self._known) > REMEMBER_PEOPLE:
            self._known.popitem(last=False)


def _is_choosy(chosen: Privacy) -> bool:
    return "contacts" in (chosen.last_seen, chosen.groups, chosen.first_messages)
