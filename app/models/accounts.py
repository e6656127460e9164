"""People and the devices they are signed in on."""

from datetime import UTC, datetime

from mongoengine import BooleanField, DateTimeField, DictField, Document, IntField, ListField, StringField

from app.domain.ids import new_id


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


class User(Document):
    """A person. At least one of ``phone`` and ``google_sub`` is set while the account lives.

    ``met_in_groups``: sharing a small group makes people their contacts, and them theirs.
    ``deletion_at``: when it will be deleted, as its owner wished.
    ``closed_announcements``: those that still run, and that they have closed.
    """

    id = StringField(primary_key=True, default=new_id)
    phone = StringField(unique=True, sparse=True)
    google_sub = StringField(unique=True, sparse=True)
    email = StringField()
    name = StringField(default="", max_length=80)
    handle = StringField(unique=True, sparse=True)
    avatar = StringField()
    about = StringField(default="", max_length=300)
    role = StringField(choices=("member", "admin"), default="member")
    locale = StringField()
    met_in_groups = BooleanField(default=True)
    invite_code = StringField(unique=True, sparse=True)
    privacy = DictField(default=None)
    notifications = DictField(default=None)
    closed_announcements = ListField(StringField(), default=None)
    onboarded_at = DateTimeField()
    last_seen = DateTimeField()
    disabled_at = DateTimeField()
    deletion_at = DateTimeField()
    created_at = DateTimeField(default=now)

    meta = {"collection": "users", "auto_create_index": False, "indexes": ["name", "-created_at"]}  # noqa: RUF012


class Device(Document):
    """A signed-in browser or program: what "sign this one out" means. Gone once ``signed_out_at`` is set.

    ``push_subscription``: where its push service takes what is for it, and its keys: ``{endpoint, p256dh, auth}``. After
    ``push_failures`` in a row nothing is sent before ``push_after``; ``push_owed`` are conversations of which something
    could not be sent.
    """

    id = StringField(primary_key=True, default=new_id)
    user = StringField(required=True)
    kind = StringField(choices=("browser", "api"), default="browser")
    name = StringField(default="", max_length=120)
    address = StringField(default="")
    push_subscription = DictField(default=None)
    push_failures = IntField(default=0)
    push_after = DateTimeField()
    push_owed = ListField(StringField(), default=None)
    muted = BooleanField(default=False)
    created_at = DateTimeField(default=now)
    last_seen = DateTimeField(default=now)
    signed_out_at = DateTimeField()

    meta = {  # noqa: RUF012
        "collection": "devices",
        "auto_create_index": False,
        "indexes": ["user", {"fields": ("push_subscription.endpoint",), "sparse": True}],
    }
