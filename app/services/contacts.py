"""Contacts: added, named, blocked, removed, listed, searched."""

import re
from collections.abc import Iterator
from typing import Any, TypedDict

from app.domain.errors import Invalid, NotFound
from app.domain.text import clean_line, fold
from app.models import Contact, User
from app.models.accounts import now
from app.services import people
from app.services.contact_views import ContactViews
from app.services.conversations import Conversations
from app.services.introductions import Introductions, want
from app.services.limits import Limits
from app.services.presence import Presence
from app.services.publishing import Publisher

CONTACTS_LISTED = 5_000
PEOPLE_FOUND = 30
ALIAS_CHARACTERS = 80
_HANDLE = re.compile(r"@?[A-Za-z0-9_]{3,30}")
_NUMBER = re.compile(r"\+?[0-9 ()./-]{7,25}")


class ContactChange(TypedDict, total=False):
    """What is absent stays as it is; ``alias`` None: the person's own name."""

    alias: str | None
    blocked: bool


class Contacts:
    def __init__(self, publisher: Publisher, presence: Presence, limits: Limits, conversations: Conversations) -> None:
        self._publisher = publisher
        self._presence = presence
        self._limits = limits
        self._conversations = conversations
        self._views = ContactViews(presence)
        self._introductions = Introductions(publisher, self._views)

    def add_by_phone(self, owner: str, phone: str) -> dict[str, Any]:
        """Add whoever has exactly this number. Raises Invalid, NotFound, RateLimited.

        The limit is hard because each answer tells whether a number is known here.
        """
        self._limits.check("contact_add", owner)
        return self._add(owner, people.by_phone(phone, people.living(owner)))

    def add_by_handle(self, owner: str, handle: str) -> dict[str, Any]:
        """Add whoever has exactly this handle. Raises NotFound, RateLimited."""
        self._limits.check("contact_add", owner)
        return self._add(owner, people.by_handle(handle))

    def add_by_id(self, owner: str, user: str) -> dict[str, Any]:
        """Add a person met elsewhere, such as in a group. Raises NotFound, RateLimited."""
        self._limits.check("contact_add", owner)
        return self._add(owner, people.living(user))

    def accept_invite(self, user: str, code: str) -> dict[str, Any]:
        """Make the inviter and ``user`` contacts of each other; the inviter's ContactView.

        Raises NotFound where the code is not, or no longer, anybody's; Invalid for one's own; RateLimited.
        """
        self._limits.check("contact_add", user)
        inviter = people.by_invite(code)
        if inviter.id == user:
            raise Invalid("That is your own invite link.")
        self._introductions.acquaint((user, inviter.id), "invite")
        self._introductions.add(user, inviter.id, "invite")
        return self.view(user, inviter.id)

    def overview(self, owner: str) -> list[dict[str, Any]]:
        """The owner's contacts and whom they blocked, by the day they were added, in a bounded number of queries."""
        return self._views.build(owner, _listed(owner).limit(CONTACTS_LISTED))

    def view(self, owner: str, user: str) -> dict[str, Any]:
        """One contact; raises NotFound where there is none."""
        contact = _listed(owner).filter(user=user).first()
        if contact is None:
            raise NotFound
        return self._views.build(owner, [contact])[0]

    def change(self, owner: str, user: str, change: ContactChange) -> dict[str, Any]:
        """Name, block or unblock; answers the view and tells the owner's devices.

        A person who is not a contact can be blocked too. Raises Invalid, NotFound.
        """
        if owner == user:
            raise Invalid("That is you.")
        if "blocked" not in change:
            self.view(owner, user)
        else:
            self._set_blocked(owner, user, change["blocked"])
        if "alias" in change:
            Contact.objects(owner=owner, user=user).update_one(set__alias=_alias(change["alias"]))
            want(owner, [user])
        view = self._views.build(owner, [_contact(owner, user)])[0]
        if _is_listed(_contact(owner, user)):
            self._publisher.to_users([owner], "contact_changed", {"contact": view})
        else:
            self._publisher.to_users([owner], "contact_removed", {"user": user})
        return view

    def remove(self, owner: str, user: str) -> None:
        """Take the person off the contacts until one of them writes again; a block stays. Raises NotFound."""
        view = self.view(owner, user)
        Contact.objects(owner=owner, user=user).update_one(set__removed_at=now(), unset__alias=True)
        self._conversations.forget_introduction(owner, user)
        self._presence.retell(owner, [user])
        if view["blocked"]:
            self._publisher.to_users([owner], "contact_changed", {"contact": {**view, "alias": None}})
        else:
            self._publisher.to_users([owner], "contact_removed", {"user": user})

    def search_people(self, owner: str, query: str) -> list[dict[str, Any]]:
        """UserViews: contacts whose name, alias or handle begins so, then anybody with exactly this handle or number.

        Asking for a number counts as adding one does: it tells the same. Raises RateLimited.
        """
        query = query.strip()
        if not query:
            return []
        found = dict(self._search_contacts(owner, query))
        stranger = self._stranger(owner, query)
        if stranger is not None and stranger.id != owner:
            sight = self._presence.visibility.between([stranger.id], [owner])
            found.setdefault(
                stranger.id, people.seen_view(stranger.id, stranger, photo=sight.photo(stranger.id, owner))
            )
        return list(found.values())[:PEOPLE_FOUND]

    def _add(self, owner: str, person: User) -> dict[str, Any]:
        if person.id == owner:
            raise Invalid("That is you.")
        self._introductions.add(owner, person.id, "manual")
        self._presence.retell(owner, [person.id])
        self._conversations.wanted(owner, person.id)
        return self.view(owner, person.id)

    def _set_blocked(self, owner: str, user: str, blocked: bool) -> None:
        if not blocked:
            self._unblock(owner, user)
            return
        people.living(user)
        seen = self._presence.of([owner], user)[owner]["state"] != "offline"
        # A stranger becomes somebody blocked without becoming a contact.
        Contact.objects(owner=owner, user=user).update_one(
            upsert=True,
            set__blocked_at=now(),
            set_on_insert__removed_at=now(),
            set_on_insert__source="manual",
            set_on_insert__created_at=now(),
        )
        self._conversations.block_changed(owner, user)
        if seen and _knows(user, owner):
            self._presence.tell(owner, user, hide=True)

    def _unblock(self, owner: str, user: str) -> None:
        contact = _contact(owner, user)
        if contact.blocked_at is None:
            return
        # What came meanwhile was never shown, so it must not count as unread afterwards.
        self._conversations.catch_up(owner, user)
        Contact.objects(owner=owner, user=user).update_one(unset__blocked_at=True)
        if contact.removed_at is not None:
            self._conversations.forget_introduction(owner, user)
        self._conversations.block_changed(owner, user)
        if _knows(user, owner) and self._presence.of([owner], user)[owner]["state"] != "offline":
            self._presence.tell(owner, user, hide=False)

    def _search_contacts(self, owner: str, query: str) -> Iterator[tuple[str, dict[str, Any]]]:
        wanted = fold(query.removeprefix("@"))
        contacts = list(_listed(owner).limit(CONTACTS_LISTED))
        users = people.load(contact.user for contact in contacts)
        sight = self._presence.visibility.between(list(users), [owner])
        for contact in contacts:
            user = users.get(contact.user)
            if user is None or user.disabled_at is not None:
                continue
            if any(_begins(text, wanted) for text in (contact.alias, user.name, user.handle) if text):
                yield user.id, people.seen_view(user.id, user, photo=sight.photo(user.id, owner))

    def _stranger(self, owner: str, query: str) -> User | None:
        try:
            if _NUMBER.fullmatch(query):
                self._limits.check("contact_add", owner)
                return people.by_phone(query, people.living(owner))
            if _HANDLE.fullmatch(query):
                self._limits.check("people_search", owner)
                return people.by_handle(query)
        except (NotFound, Invalid):
            pass
        return None


def _listed(owner: str) -> Any:
    """The owner's contacts, and those they blocked whether contacts or not."""
    return Contact.objects(
        owner=owner, __raw__={"$or": [{"removed_at": None}, {"blocked_at": {"$ne": None}}]}
    ).order_by("created_at")


def _is_listed(contact: Contact) -> bool:
    return contact.removed_at is None or contact.blocked_at is not None


def _contact(owner: str, user: str) -> Contact:
    contact: Contact | None = Contact.objects(owner=owner, user=user).first()
    if contact is None:
        raise NotFound
    return contact


def _knows(owner: str, user: str) -> bool:
    return Contact.objects(owner=owner, user=user, removed_at=None).first() is not None


def _alias(alias: str | None) -> str | None:
    if alias is None:
        return None
    try:
        cleaned = clean_line(alias)
    except ValueError as error:
        raise Invalid(f"That name {error}.") from None
    return cleaned[:ALIAS_CHARACTERS] or None


def _begins(text: str, wanted: str) -> bool:
    """Does the text, or a word in it, begin with ``wanted`` (folded)?"""
    folded = fold(text)
    return folded.startswith(wanted) or f" {wanted}" in folded
