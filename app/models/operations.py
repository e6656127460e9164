"""What the installation remembers about itself."""

from mongoengine import DateTimeField, DictField, Document, IntField, StringField

from app.models.accounts import now

RESTORING = "restoring"
"""The collection that is there while a backup is restored, and after a restore that was broken off."""


class Installation(Document):
    """One document, ``_id`` "installation": facts fixed at installation, what administrators allow (``switches``), how long
    messages are kept (``retention``), and how far a worker is that sees to it (``retention_round``)."""

    id = StringField(primary_key=True)
    shard_count = IntField(required=True)
    switches = DictField(default=None)
    retention = DictField(default=None)
    retention_round = DictField(default=None)
    created_at = DateTimeField(default=now)

    meta = {"collection": "installation", "auto_create_index": False}  # noqa: RUF012


class LeaseEpoch(Document):
    """How often a shard changed hands; kept here so that it survives the loss of Redis."""

    id = IntField(primary_key=True)
    epoch = IntField(default=0)

    meta = {"collection": "lease_epochs", "auto_create_index": False}  # noqa: RUF012


class AuditEvent(Document):
    """Who did what to whom, when, from which address, and how it ended: one that is "begun" for long was broken off."""

    actor = StringField()
    action = StringField(required=True)
    subject = StringField()
    address = StringField()
    details = DictField()
    outcome = StringField(choices=("begun", "done", "refused", "failed"), default="done")
    at = DateTimeField(default=now)

    meta = {  # noqa: RUF012
        "collection": "audit",
        "auto_create_index": False,
        "indexes": ["-at", ("actor", "-at"), ("subject", "-at"), ("action", "-at")],
    }


class PushKey(Document):
    """The key by which push services know this installation: ``_id`` "vapid", made once. The private key, in base64url."""

    id = StringField(primary_key=True)
    private_key = StringField(required=True)
    created_at = DateTimeField(default=now)

    meta = {"collection": "push_keys", "auto_create_index": False}  # noqa: RUF012


class FigureSample(Document):
    """What the installation did in a minute (``_id`` "m:" and its number since 1970) or an hour ("h:"), and held then."""

    id = StringField(primary_key=True)
    entries = IntField()
    batches = IntField()
    waited_ms = IntField()
    slow = IntField()
    errors = IntField()
    online = IntField()
    sockets = IntField()
    people = IntField()
    backlog = IntField()
    at = DateTimeField(default=now)

    meta = {"collection": "figures", "auto_create_index": False}  # noqa: RUF012
