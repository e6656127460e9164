"""Carry out the deletion of an account, step by step; each step may run again after it was broken off anywhere.

What a person wrote stays in others' logs, under "Deleted account": the logs keep their numbers. They leave groups through
the logs. All that is theirs alone goes, and the account last, so that whoever takes the job up knows what is left to do.
"""

import uuid
from collections.abc import Sequence

from gridfs import GridFS
from mongoengine.connection import get_db
from redis import Redis

from app.domain.entries import EntryKind
from app.domain.errors import Conflict, Forbidden, NotFound
from app.models import AuditEvent, Contact, Conversation, Device, Job, Membership, Passkey, User
from app.models.accounts import now
from app.models.messages import messages
from app.sequencing import keys
from app.services import people, reports
from app.services.conversations import Conversations
from app.services.devices import Devices
from app.services.exports import Exports
from app.services.jobs import Jobs
from app.services.messages import Messages
from app.services.photos import COLLECTION as PHOTOS
from app.services.publishing import Publisher

NAMESPACE = uuid.UUID("6f0f2c39-6a3c-4b43-9d0c-3f3c0d1b7a52")
TRIES = 5
"""A group may change while somebody leaves it."""


class Erasure:
    def __init__(
        self,
        redis: Redis,
        jobs: Jobs,
        messages: Messages,
        conversations: Conversations,
        devices: Devices,
        exports: Exports,
        publisher: Publisher,
    ) -> None:
        self._redis = redis
        self._jobs = jobs
        self._messages = messages
        self._conversations = conversations
        self._devices = devices
        self._exports = exports
        self._publisher = publisher

    def carry_out(self, job: Job) -> None:
        """Do the job; nothing happens where the account was kept, or is gone. Raises JobLost, ChatError, PyMongoError.

        An account that was kept, and is to be deleted after all, has its turn later.
        """
        user = job.user
        steps = (self._sign_out, self._leave_groups, self._leave_directs, self._forget_contacts, self._forget_rest)
        if _begin(user):
            for n, step in enumerate(steps):
                self._jobs.hold(job, n * 100 // len(steps))
                step(user)
        else:
            later = User.objects(id=user, deletion_at__ne=None).first()
            if later is not None:
                self._jobs.postpone(job, later.deletion_at)
                return
        self._jobs.finish(job)
        self._jobs.drop("deletion", user)

    def _sign_out(self, user: str) -> None:
        """Sessions, tokens and sockets end; devices and presence go."""
        self._devices.sign_out_all(user)
        Device.objects(user=user).delete()
        Passkey.objects(user=user).delete()
        self._redis.zrem(keys.ONLINE, user)
        self._redis.delete(keys.sockets(user), keys.queue(user))
        self._redis.zrem(keys.PUSH_DUE, user, keys.left(user))

    def _leave_groups(self, user: str) -> None:
        here = list(Membership.objects(user=user, until_seq=None).scalar("conversation"))
        for conversation in Conversation.objects(id__in=here, kind="group").scalar("id"):
            self._leave_group(user, conversation)

    def _leave_group(self, user: str, conversation: str) -> None:
        """Hand the group over where it is the user's, and leave it."""
        for again in range(TRIES - 1, -1, -1):
            place = Membership.objects(conversation=conversation, user=user, until_seq=None).first()
            if place is None:
                return
            heir = _heir(conversation, user) if place.role == "owner" else None
            try:
                if heir is not None:
                    self._append(user, place, "role", f"{heir} owner")
                self._append(user, place, "left", "")
            except (Conflict, Forbidden, NotFound):
                if not again:
                    raise

    def _append(self, user: str, place: Membership, kind: EntryKind, body: str) -> None:
        """The same entry, however often it is asked for."""
        name = f"{user}:{place.conversation}:{place.from_seq}:{kind}:{body}"
        self._messages.append(user, place.conversation, str(uuid.uuid5(NAMESPACE, name)), kind, body)

    def _leave_directs(self, user: str) -> None:
        """The others keep their chats; a note to self is nobody's, and goes."""
        here = list(Membership.objects(user=user, until_seq=None).scalar("conversation"))
        for direct in Conversation.objects(id__in=here, kind="direct"):
            if set(direct.direct_key.split(":")) == {user}:
                messages().delete_many({"c": direct.id})
                Conversation.objects(id=direct.id).delete()
                Membership.objects(conversation=direct.id).delete()
        mine = Membership.objects(user=user, until_seq=None, hidden_at=None)
        mine.update(set__hidden_at=now(), unset__muted_until=True, unset__pinned_at=True, unset__archived_at=True)
        names = ("notify", "pushed", "hidden_seqs", "saved", "saved_rev", "draft", "draft_rev", "marked_unread")
        own_marks = {f"unset__{name}": True for name in names}
        Membership.objects(user=user).update(**own_marks)

    def _forget_contacts(self, user: str) -> None:
        """Whom the user knew, and that others know them."""
        Contact.objects(owner=user).delete()
        owners = list(Contact.objects(user=user).scalar("owner"))
        Contact.objects(user=user).delete()
        if owners:
            self._publisher.to_users(owners, "contact_removed", {"user": user})

    def _forget_rest(self, user: str) -> None:
        """Photos, copies, reports, and the account itself: its number, Google identity and handle are free again."""
        photos = GridFS(get_db(), PHOTOS)
        for photo in photos.find({"user": user}):
            photos.delete(photo._id)
        self._exports.forget(user)
        reports.forget(user)
        if User.objects(id=user).delete():
            AuditEvent(actor=user, action="account_deleted", subject=user).save()
        for place in Membership.objects(user=user, until_seq=None):
            others = Membership.objects(conversation=place.conversation, user__ne=user, hidden_at=None)
            self._conversations.announce_added(place.conversation, others.scalar("user"))


def _begin(user: str) -> bool:
    """From here on it cannot be taken back, and everybody sees a deleted account; False where it was kept or is gone."""
    due = User.objects(id=user, deletion_at__lte=now())
    return bool(due.update_one(set__disabled_at=now(), full_result=True).matched_count)


def _heir(conversation: str, owner: str) -> str | None:
    """Whose the group is next: the oldest admin's, else the oldest member's; of accounts that stay, if there are any."""
    others = Membership.objects(conversation=conversation, user__ne=owner, until_seq=None).order_by("from_seq", "id")
    places: Sequence[Membership] = list(others)
    known = people.load(place.user for place in places)
    staying = [place for place in places if _stays(known.get(place.user))] or places
    ranked = sorted(staying, key=lambda place: place.role != "admin")
    return ranked[0].user if ranked else None


def _stays(user: User | None) -> bool:
    return user is not None and user.disabled_at is None and user.deletion_at is None
