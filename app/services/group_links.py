"""Links by which people join a group: made, listed, revoked, looked at, used.

A link works while whoever made it may bring people into the group. Uses are counted by one conditional write, so that
however many come at once no more get in than it was made for.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.domain.errors import (
    ChatError,
    ClientIdReused,
    Conflict,
    Degraded,
    Forbidden,
    LinkGone,
    NotFound,
    Pending,
)
from app.domain.ids import derived_client_id
from app.domain.membership import full
from app.domain.permissions import may
from app.models import Conversation, GroupLink, Membership
from app.models.accounts import now
from app.models.messages import read_many
from app.services.access import Access, Facts
from app.services.conversations import Conversations
from app.services.groups import Groups
from app.services.limits import Limits
from app.services.messages import Messages

LIVE_LINKS = 20
TAKERS_KEPT = 200
"""A joining that is asked for again comes soon."""
GONE: Mapping[str, str] = {
    "expired": "This invite link has expired. Ask for a new one.",
    "revoked": "This invite link was revoked. Ask for a new one.",
    "used_up": "This invite link has been used as often as it was made for. Ask for a new one.",
    "closed": "The group that this invite link led to is gone.",
}
UNKNOWN = "There is no such invite link. Check that you have all of it."
REMOVED = "You were removed from this group. One of its admins can add you again."


class GroupLinks:
    def __init__(
        self, messages: Messages, conversations: Conversations, groups: Groups, limits: Limits, access: Access
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._groups = groups
        self._limits = limits
        self._access = access

    def make(self, user: str, conversation: str, life_seconds: int | None, most_uses: int | None) -> GroupLink:
        """A new link; None: it never expires, or may be used any number of times.

        Raises NotAMember, Forbidden, Conflict (too many links already), RateLimited.
        """
        self._adding(user, conversation)
        self._limits.check("group_link", user)
        if len(self._live(conversation)) >= LIVE_LINKS:
            raise Conflict(f"A group has up to {LIVE_LINKS} links. Revoke one first.")
        expires_at = now() + timedelta(seconds=life_seconds) if life_seconds else None
        link = GroupLink(conversation=conversation, created_by=user, expires_at=expires_at, most_uses=most_uses)
        link.save(force_insert=True)
        return link

    def overview(self, user: str, conversation: str) -> list[GroupLink]:
        """The links that work, the newest first: all for admins, one's own for others. Raises NotAMember, Forbidden."""
        facts = self._adding(user, conversation)
        admin = facts.roles[user] != "member"
        return [link for link in self._live(conversation) if admin or link.created_by == user]

    def revoke(self, user: str, conversation: str, link: str) -> None:
        """The link leads nowhere from now on. May run twice. Raises NotAMember, Forbidden, NotFound."""
        facts = self._access.member(user, conversation)
        found = GroupLink.objects(id=link, conversation=conversation).first()
        if found is None:
            raise NotFound
        if facts.roles[user] == "member" and found.created_by != user:
            raise Forbidden("Only the group's admins revoke other people's links.")
        GroupLink.objects(id=link, revoked_at=None).update_one(set__revoked_at=now())

    def look(self, token: str, address: str) -> tuple[GroupLink, Conversation, int]:
        """Where a link leads, for whoever holds it: the link, the group and how many are in it.

        ``address`` is the asker's. Raises NotFound, LinkGone, RateLimited.
        """
        self._limits.check("group_link_look", address)
        link = _known(token)
        fault = self._fault(link)
        if fault is not None:
            raise _gone(fault)
        return link, Conversation.objects.get(id=link.conversation), len(self._facts(link).members)

    def leads_home(self, user: str, token: str) -> str | None:
        """The link's group where ``user`` is in it already, else None. Raises NotFound."""
        link = _known(token)
        return link.conversation if user in self._facts(link).members else None

    def join(self, user: str, token: str) -> dict[str, Any]:
        """Come into the group by its link; answers its view, also to who is in it already.

        Raises NotFound, LinkGone, Forbidden (whoever was removed is added again by an admin, or not), Conflict (it is
        full), RateLimited, Pending and Degraded: asking again is the same joining.
        """
        self._limits.check("group_join", user)
        link = _known(token)
        facts = self._facts(link)
        if user in facts.members:
            return self._conversations.view(user, link.conversation)
        joining = derived_client_id("join", link.conversation, user, str(_left_at(user, link.conversation)))
        fault = self._fault(link)
        if fault is not None and not (fault == "used_up" and joining in link.takers):
            raise _gone(fault)
        if len(facts.members) >= self._groups.most_members():
            raise Conflict(full(self._groups.most_members()))
        _take(link, joining)
        self._append(user, link, joining)
        self._access.forget(link.conversation)
        self._groups.welcome(link.conversation, [user])
        return self._conversations.view(user, link.conversation)

    def _append(self, user: str, link: GroupLink, joining: str) -> None:
        try:
            self._messages.append(user, link.conversation, joining, "joined", link.created_by)
        except (Pending, Degraded):
            raise  # it may be stored yet, and was counted
        except ClientIdReused:
            _give_back(link, joining)  # they came by another link at the same moment
        except ChatError:
            _give_back(link, joining)
            raise

    def _adding(self, user: str, conversation: str) -> Facts:
        facts = self._access.member(user, conversation)
        if facts.kind != "group" or not may(facts.roles[user], "add", settings=facts.settings):
            raise Forbidden("Only the group's admins invite people.")
        return facts

    def _live(self, conversation: str) -> list[GroupLink]:
        links = GroupLink.objects(conversation=conversation, revoked_at=None).order_by("-created_at")
        return [link for link in links if self._fault(link) is None]

    def _fault(self, link: GroupLink) -> str | None:
        """Why the link leads nowhere, a key of GONE; None: it works."""
        facts = self._facts(link)
        if not facts.members:
            return "closed"
        maker = facts.roles.get(link.created_by)
        if maker is None or not may(maker, "add", settings=facts.settings):
            return "revoked"
        return _fault_of(link)

    def _facts(self, link: GroupLink) -> Facts:
        return self._access.reader(link.created_by, link.conversation)


def link_view(link: GroupLink, url: str) -> dict[str, Any]:
    """The GroupLinkView (docs/wire.md); ``url`` is the link itself. Times in ms."""
    return {
        "id": link.id,
        "url": url,
        "created_by": link.created_by,
        "created_at": int(link.created_at.timestamp() * 1000),
        "expires_at": int(link.expires_at.timestamp() * 1000) if link.expires_at else None,
        "most_uses": link.most_uses,
        "uses": link.uses,
    }


def _known(token: str) -> GroupLink:
    link: GroupLink | None = GroupLink.objects(id=token).first()
    if link is None:
        raise NotFound(UNKNOWN)
    return link


def _fault_of(link: GroupLink) -> str | None:
    if link.revoked_at is not None:
        return "revoked"
    if link.expires_at is not None and link.expires_at <= now():
        return "expired"
    return "used_up" if link.most_uses is not None and link.uses >= link.most_uses else None


def _gone(fault: str) -> LinkGone:
    return LinkGone(GONE[fault], reason=fault)


def _left_at(user: str, conversation: str) -> int:
    """The number at which somebody who was here before left, else 0. Raises Forbidden where they were removed."""
    place = Membership.objects(conversation=conversation, user=user).first()
    if place is None:
        return 0
    left: int = place.until_seq or 0
    last = read_many([(conversation, left)]).get((conversation, left)) if left else None
    if last is not None and last.kind == "removed":
        raise Forbidden(REMOVED)
    return left


def _take(link: GroupLink, joining: str) -> None:
    """Count one use, unless this joining was counted already. Raises LinkGone."""
    free: dict[str, Any] = {"_id": link.id, "revoked_at": None, "takers": {"$ne": joining}}
    if link.most_uses is not None:
        free["uses"] = {"$lt": link.most_uses}
    count = {"$inc": {"uses": 1}, "$push": {"takers": {"$each": [joining], "$slice": -TAKERS_KEPT}}}
    if GroupLink._get_collection().update_one(free, count).modified_count:
        return
    known = GroupLink.objects.get(id=link.id)
    if joining not in known.takers:
        raise _gone(_fault_of(known) or "used_up")


def _give_back(link: GroupLink, joining: str) -> None:
    counted = {"_id": link.id, "takers": joining}
    GroupLink._get_collection().update_one(counted, {"$inc": {"uses": -1}, "$pull": {"takers": joining}})
