"""People become contacts of each other, and are told."""

from collections.abc import Iterable
from itertools import permutations
from typing import Literal

from pymongo import UpdateOne

from app.models import Contact, User
from app.models.accounts import now
from app.models.upserts import upsert_all
from app.services.contact_views import ContactViews
from app.services.publishing import Publisher

Source = Literal["manual", "message", "group", "invite"]
Pair = tuple[str, str]
"""An owner, and whom they have among their contacts."""


class Introductions:
    """The one place where contacts come into being."""

    def __init__(self, publisher: Publisher, views: ContactViews) -> None:
        self._publisher = publisher
        self._views = views

    def acquaint(self, people: Iterable[str], source: Source) -> None:
        """Make everybody in ``people`` a contact of everybody else, and tell those for whom that is new.

        Nobody gets back a person they blocked. May run twice.
        """
        self.tell(self.enter(people, source))

    def enter(self, people: Iterable[str], source: Source, *, wanted_by: str | None = None) -> list[Pair]:
        """The first half of ``acquaint``: store; answers the new pairs, for ``tell``.

        ``wanted_by``: whose doing it is. The others did not ask for it, except by an invite of theirs. By a group nobody
        is introduced who wants it otherwise, in neither direction.
        """
        willing = set(people)
        if source == "group":
            willing -= set(User.objects(id__in=list(willing), met_in_groups=False).scalar("id"))
        new = self._enter(list(permutations(sorted(willing), 2)), source, wanted_by, even_blocked=False)
        if wanted_by is not None:
            want(wanted_by, willing)
        return new

    def add(self, owner: str, user: str, source: Source) -> None:
        """Make ``user`` a contact of ``owner`` (and not the other way round), and tell ``owner`` if that is new."""
        new = self._enter([(owner, user)], source, owner, even_blocked=True)
        want(owner, [user])
        self.tell(new)

    def tell(self, new: list[Pair]) -> None:
        """The second half: tell each owner of their new contacts."""
        for owner in dict.fromkeys(owner for owner, _ in new):
            added = Contact.objects(owner=owner, user__in=[user for whose, user in new if whose == owner])
            for view in self._views.build(owner, added):
                self._publisher.to_users([owner], "contact_added", {"contact": view})

    def _enter(self, pairs: list[Pair], source: Source, wanted_by: str | None, *, even_blocked: bool) -> list[Pair]:
        people = list({person for pair in pairs for person in pair})
        known = {(c.owner, c.user): c for c in Contact.objects(owner__in=people, user__in=people)}
        new = [pair for pair in pairs if _is_new(known.get(pair), even_blocked)]
        if new:
            _store(new, source, wanted_by)
        return new


def want(owner: str, users: Iterable[str]) -> None:
    """``owner`` shows that they want these contacts, where those had come unasked."""
    Contact.objects(owner=owner, user__in=list(users), unasked=True).update(unset__unasked=True)


def _is_new(contact: Contact | None, even_blocked: bool) -> bool:
    if contact is None:
        return True
    return contact.removed_at is not None and (even_blocked or contact.blocked_at is None)


def _store(pairs: list[Pair], source: Source, wanted_by: str | None) -> None:
    created = {"source": source, "created_at": now()}
    writes = []
    for owner, user in pairs:
        asked = source == "invite" or owner == wanted_by
        unasked = {} if asked else {"$set": {"unasked": True}}
        change = {"$setOnInsert": created, "$unset": {"removed_at": ""}, **unasked}
        writes.append(UpdateOne({"owner": owner, "user": user}, change, upsert=True))
    upsert_all(Contact._get_collection(), writes)
