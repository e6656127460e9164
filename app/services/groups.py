"""Groups: founded, and changed. What changes them are entries of their logs (``app/domain/membership.py``)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pymongo import InsertOne, UpdateOne

from app.domain.entries import EntryKind
from app.domain.errors import Forbidden, Invalid, NotFound
from app.domain.group_settings import SettingsChange
from app.domain.ids import derived_id
from app.domain.membership import DESCRIPTION_CHARACTERS, GROUP_MEMBERS, NOT_YOURS, full
from app.domain.permissions import Role, may
from app.domain.retention import STANDS_MS, Preview
from app.domain.text import clean_body, clean_line
from app.models import Contact, Conversation, Membership, User
from app.models.accounts import now
from app.models.slices import slices
from app.models.upserts import upsert_all
from app.services.access import Access, Facts
from app.services.contact_views import ContactViews
from app.services.conversations import Conversations
from app.services.group_looks import look_at
from app.services.introductions import Introductions
from app.services.limits import Limits
from app.services.messages import Messages
from app.services.photos import Photo, Photos
from app.services.presence import Presence
from app.services.publishing import Publisher

ACQUAINTED_MEMBERS = 50
"""Up to this size everybody becomes a contact of everybody: beyond it people do not know each other."""
TITLE_CHARACTERS = 120
NOT_TO_BE_ADDED = "Not everybody here can be added to a group by you. Ask them to let you, or leave them out."


class Groups:
    def __init__(
        self,
        messages: Messages,
        conversations: Conversations,
        presence: Presence,
        publisher: Publisher,
        limits: Limits,
        access: Access,
        photos: Photos,
        check_founder: Callable[[str], None] = lambda user: None,
        most_members: Callable[[], int] = lambda: GROUP_MEMBERS,
        preview: Callable[[str, int], Preview] = lambda conversation, days: Preview(),
    ) -> None:
        """``most_members``: how many fit into a group; ``preview``: what of a conversation would go if its messages were kept
        for so many days."""
        self._preview = preview
        self._check_founder = check_founder
        self.most_members = most_members
        self._messages = messages
        self._access = access
        self._conversations = conversations
        self._limits = limits
        self._photos = photos
        self._visibility = presence.visibility
        self._introductions = Introductions(publisher, ContactViews(presence))

    def create(self, user: str, title: str, members: Sequence[str], client_id: str) -> dict[str, Any]:
        """Make a group of ``user`` (its owner) and ``members``, contacts of theirs; answers its view.

        ``client_id`` (a UUID) makes a repeated request the same group. Who blocked ``user`` is left out silently:
        a refusal would tell. Raises Invalid, Forbidden (somebody is not to be added by them, or they make no groups), RateLimited, and Pending or Degraded where the log cannot be begun now:
        asking again with the same ``client_id`` completes it.
        """
        self._limits.check("group_create", user)
        title = _title(title)
        conversation = derived_id("group", user, client_id)
        if Conversation.objects(id=conversation).first() is None:
            self._check_founder(user)
            people = [user, *self._eligible(user, members)]
            self._check_size(len(people))
            _store(conversation, title, user, people)
        joining = list(Membership.objects(conversation=conversation, until_seq=None).scalar("user"))
        self._messages.append(user, conversation, client_id, "created", title)
        self.welcome(conversation, joining)
        return self._conversations.view(user, conversation)

    def add(self, user: str, conversation: str, members: Sequence[str], client_id: str) -> dict[str, Any]:
        """Bring contacts of ``user`` into the group; they see it from here on. Answers the group's view.

        As for ``create``, who blocked ``user`` is left out silently. Raises, as all that follow do, NotAMember,
        Forbidden, Conflict (it is so already), Invalid, RateLimited, Pending and Degraded; the same ``client_id``
        again is the same change.
        """
        eligible = self._eligible(user, members)
        facts = self._group(user, conversation)
        if set(eligible) - facts.members:
            self._check_size(len(facts.members | set(eligible)))
        if eligible:
            self._change(user, conversation, client_id, "added", " ".join(eligible))
            self.welcome(conversation, eligible)
        return self._conversations.view(user, conversation)

    def remove(self, user: str, conversation: str, other: str, client_id: str) -> dict[str, Any]:
        """Take ``other`` out of the group: they keep what came before. Answers the group's view."""
        self._change(user, conversation, client_id, "removed", other)
        return self._conversations.view(user, conversation)

    def leave(self, user: str, conversation: str, client_id: str) -> dict[str, Any]:
        """Leave the group, which an owner does only after handing it over. Answers the view that is kept."""
        self._change(user, conversation, client_id, "left", "")
        return self._conversations.view(user, conversation)

    def appoint(self, user: str, conversation: str, other: str, role: Role, client_id: str) -> dict[str, Any]:
        """Give ``other`` a role; a new owner makes ``user`` an admin. Answers the group's view."""
        self._change(user, conversation, client_id, "role", f"{other} {role}")
        return self._conversations.view(user, conversation)

    def rename(self, user: str, conversation: str, title: str, client_id: str) -> dict[str, Any]:
        """Change the title. Answers the group's view."""
        self._change(user, conversation, client_id, "titled", _title(title))
        return self._conversations.view(user, conversation)

    def describe(self, user: str, conversation: str, description: str, client_id: str) -> dict[str, Any]:
        """Change the description, "" for none. Answers the group's view."""
        self._change(user, conversation, client_id, "described", _description(description))
        return self._conversations.view(user, conversation)

    def picture(self, user: str, conversation: str, upload: bytes | None, client_id: str) -> dict[str, Any]:
        """Change the photo to the picture in ``upload``, None for none. Raises TooLarge too; answers the group's view."""
        facts = self._group(user, conversation)
        action, told = NOT_YOURS["pictured"]
        if user in facts.members and not may(facts.roles[user], action):
            raise Forbidden(told)  # before anything is stored
        photo = ""
        if upload is not None:
            self._limits.check("photo", user)
            photo = self._photos.store_for_group(user, conversation, upload)
        self._change(user, conversation, client_id, "pictured", photo)
        return self._conversations.view(user, conversation)

    def set(self, user: str, conversation: str, change: SettingsChange, client_id: str) -> dict[str, Any]:
        """Change what the group lets its members do. Answers the group's view."""
        self._change(user, conversation, client_id, "settings", change.to_body())
        return self._conversations.view(user, conversation)

    def preview_retention(self, user: str, conversation: str, days: int) -> dict[str, Any]:
        """What would go if messages were kept for so many days here (0: as everywhere): a RetentionPreview. Raises Forbidden."""
        facts = self._group(user, conversation)
        if facts.places[user].until_seq is not None or not may(facts.places[user].role, "set"):
            raise Forbidden(NOT_YOURS["settings"][1])
        self._limits.check("group_change", user)
        found = self._preview(conversation, days)
        begins_at = int(now().timestamp() * 1000) + STANDS_MS
        return {"messages": found.texts, "oldest": found.oldest, "begins_at": begins_at}

    def close(self, user: str, conversation: str, title: str, client_id: str) -> dict[str, Any]:
        """Delete the group for all; ``title`` is what it is called, typed as proof. Answers the view that is kept."""
        self._group(user, conversation)
        called = Conversation.objects(id=conversation).scalar("title").first() or ""
        if " ".join(title.split()).casefold() != called.casefold():
            raise Invalid("That is not the group's title.", fields={"title": "That is not the group's title."})
        self._change(user, conversation, client_id, "closed", "")
        return self._conversations.view(user, conversation)

    def check_photo(self, user: str, photo: Photo) -> None:
        """May ``user`` see this photo of a group? Members may; who went, the one of then. Raises NotFound."""
        conversation = photo.group or ""
        until = self._access.reader(user, conversation).places[user].until_seq
        if until is not None and look_at(Conversation.objects.get(id=conversation), until).photo != photo.id:
            raise NotFound

    def _change(self, user: str, conversation: str, client_id: str, kind: EntryKind, body: str) -> None:
        """Put the change into the log, where the committer judges whether ``user`` may (``app/domain/membership.py``)."""
        self._group(user, conversation)
        self._limits.check("group_change", user)
        self._messages.append(user, conversation, client_id, kind, body)
        self._access.forget(conversation)

    def _group(self, user: str, conversation: str) -> Facts:
        """Whoever was in it may ask, too: what they did last may have to be asked again."""
        facts = self._access.reader(user, conversation)
        if facts.kind != "group":
            raise Invalid("Only groups can be changed.")
        return facts

    def _eligible(self, user: str, members: Sequence[str]) -> list[str]:
        """Those of ``members`` who can be added. Raises Invalid, and Forbidden where somebody does not want it."""
        eligible = _eligible(user, members)
        sight = self._visibility.between(eligible, [user])
        if not all(sight.adds(member, user) for member in eligible):
            raise Forbidden(NOT_TO_BE_ADDED)
        return eligible

    def _check_size(self, members: int) -> None:
        if members > self.most_members():
            raise Invalid(full(self.most_members()))

    def welcome(self, conversation: str, joining: Sequence[str]) -> None:
        """Those who joined become contacts of everybody in a small group, and hear of the group."""
        members = list(Membership.objects(conversation=conversation, until_seq=None).scalar("user"))
        if len(members) <= ACQUAINTED_MEMBERS:
            self._introductions.acquaint(members, "group")
        self._conversations.announce_added(conversation, joining)


def _title(title: str) -> str:
    try:
        cleaned = clean_line(title)
    except ValueError as error:
        raise Invalid(f"That title {error}.") from None
    if not 1 <= len(cleaned) <= TITLE_CHARACTERS:
        raise Invalid(f"A title has 1 to {TITLE_CHARACTERS} characters.")
    return cleaned


def _description(text: str) -> str:
    try:
        cleaned = clean_body(text) if text.strip() else ""
    except ValueError as error:
        raise Invalid(f"That description {error}.") from None
    if len(cleaned) > DESCRIPTION_CHARACTERS:
        raise Invalid(f"A description has at most {DESCRIPTION_CHARACTERS} characters.")
    return cleaned


def _eligible(user: str, members: Sequence[str]) -> list[str]:
    """Those of ``members`` who can be added; raises Invalid where somebody is no contact or gone."""
    wanted = [member for member in dict.fromkeys(members) if member != user]
    if len(wanted) + 1 > GROUP_MEMBERS:
        raise Invalid(full())
    # All of the asker's contacts: they are in one index, and fewer than a thousand questions.
    mine = {"owner": user, "removed_at": None, "blocked_at": None}
    known = {row["user"] for row in Contact._get_collection().find(mine, {"_id": 0, "user": 1})}
    living = {id for some in slices(wanted) for id in User.objects(id__in=some, disabled_at=None).scalar("id")}
    if not known >= set(wanted) or not living >= set(wanted):
        raise Invalid("Only your contacts can be added to a group.")
    unwilling = set(Contact.objects(user=user, blocked_at__ne=None).scalar("owner"))
    return [member for member in wanted if member not in unwilling]


def _store(conversation: str, title: str, owner: str, members: Iterable[str]) -> None:
    """Memberships first: a group that exists is never seen without its members. May run twice."""
    places = [InsertOne({"conversation": conversation, "user": member, **_place(member, owner)}) for member in members]
    upsert_all(Membership._get_collection(), places)
    group = Conversation(id=conversation, kind="group", title=title, created_by=owner).to_mongo().to_dict()
    del group["_id"]
    upsert_all(Conversation._get_collection(), [UpdateOne({"_id": conversation}, {"$setOnInsert": group}, upsert=True)])


def _place(member: str, owner: str) -> dict[str, Any]:
    return {
        "role": "owner" if member == owner else "member",
        "from_seq": 1,
        "delivered": 0,
        "read": 0,
        "read_ordinal": 0,
        "created_at": now(),
    }
