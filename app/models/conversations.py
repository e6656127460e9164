"""Conversations and who is in them."""

from mongoengine import BooleanField, DateTimeField, DictField, Document, IntField, ListField, StringField

from app.domain.ids import new_id
from app.domain.notifications import LEVELS
from app.models.accounts import now


class Conversation(Document):
    """A log's name and nature.

    ``epoch``, ``title``, ``description``, ``avatar`` (a photo's id), ``settings``, ``closed_by`` and ``pins`` follow the log's
    entries (``app/sequencing/projection.py``, ``pins.py``); ``titled_seq`` and its like are the numbers of the last entries that
    changed them.

    ``head`` is a hint (the real head is found from the messages, see ``app/sequencing/heads.py``); ``epoch`` is the
    version of the conversation's room: the number of the last entry by which a member went; ``introduced_at`` is set once the people of a
    direct conversation have been told of each other.

    ``expired``: the texts up to this number, written at ``expired_at`` ms, are no longer kept, and were taken out up to ``wiped``;
    ``keep_at``: since when, in ms, its setting ``keep_days`` stands (``app/services/retention.py``).

    ``frozen_at``: since when nobody may write in it, as whoever runs this Chatter decided (``app/domain/freezing.py``).
    """

    id = StringField(primary_key=True, default=new_id)
    kind = StringField(choices=("direct", "group"), required=True)
    direct_key = StringField(unique=True, sparse=True)
    title = StringField(max_length=120)
    avatar = StringField()
    created_by = StringField(required=True)
    head = IntField(default=0)
    epoch = IntField(default=0)
    titled_seq = IntField()
    description = StringField()
    described_seq = IntField()
    pictured_seq = IntField()
    settings = DictField(default=None)
    settings_seq = IntField()
    closed_by = StringField()
    closed_seq = IntField()
    pins = ListField(DictField(), default=None)
    pins_seq = IntField()
    expired = IntField()
    expired_at = IntField()
    wiped = IntField()
    keep_at = IntField()
    frozen_at = DateTimeField()
    introduced_at = DateTimeField()
    created_at = DateTimeField(default=now)

    meta = {"collection": "conversations", "auto_create_index": False, "indexes": ["-created_at"]}  # noqa: RUF012


class Membership(Document):
    """A person's place in a conversation: role, what they may see (``from_seq`` to ``until_seq``), their cursors.

    ``changed_seq``: the number of the last entry that changed it (``app/sequencing/projection.py``).

    ``shown_read``: how far others may know that they have read, where that is less than ``read``.

    ``mentioned``: the number of the last text that mentions them (a hint, ``app/sequencing/pointers.py``).
    ``hidden_seqs``: messages that they deleted for themselves; ``marked_unread``: they want to come back to it.
    ``saved``: messages they keep for later (``s``, saved at ``t`` ms), changed ``saved_rev`` times.
    ``draft``: what they began to write, in its version ``draft_rev``.

    ``requested_at``: somebody whom they do not know began it, and they have not let them.

    ``notify``: what calls them here (all, where there is none); nothing does before ``muted_until``.
    ``pushed``: up to which number was seen to what is pushed to their devices.

    ``hidden_at``: it holds nothing but what was withheld from them (a person they blocked opened it), or was a request they declined, so they are not
    to hear of it.
    """

    conversation = StringField(required=True)
    user = StringField(required=True)
    role = StringField(choices=("owner", "admin", "member"), default="member")
    from_seq = IntField(default=1)
    until_seq = IntField()
    changed_seq = IntField()
    delivered = IntField(default=0)
    read = IntField(default=0)
    shown_read = IntField()
    mentioned = IntField()
    read_ordinal = IntField(default=0)
    notify = StringField(choices=LEVELS)
    pushed = IntField(default=0)
    muted_until = DateTimeField()
    pinned_at = DateTimeField()
    archived_at = DateTimeField()
    hidden_at = DateTimeField()
    requested_at = DateTimeField()
    hidden_seqs = ListField(IntField(), default=None)
    saved = ListField(DictField(), default=None)
    saved_rev = IntField()
    draft = StringField()
    draft_rev = IntField()
    marked_unread = BooleanField()
    created_at = DateTimeField(default=now)

    meta = {  # noqa: RUF012
        "collection": "memberships",
        "auto_create_index": False,
        "indexes": [{"fields": ("conversation", "user"), "unique": True}, ("user", "archived_at")],
    }


class GroupLink(Document):
    """A link by which people join a group. ``id`` is the secret in it, 128 random bits, kept plain because whoever made
    it is shown it again.

    ``uses`` never exceeds ``most_uses``; ``takers`` are the last joinings it was used for, so that one asked for again
    counts once. None: no limit, or never.
    """

    id = StringField(primary_key=True, default=new_id)
    conversation = StringField(required=True)
    created_by = StringField(required=True)
    created_at = DateTimeField(default=now)
    expires_at = DateTimeField()
    most_uses = IntField()
    uses = IntField(default=0)
    takers = ListField(StringField())
    revoked_at = DateTimeField()

    meta = {"collection": "group_links", "auto_create_index": False, "indexes": ["conversation"]}  # noqa: RUF012
