"""What people reported, what whoever runs this Chatter told people, and what they tell everybody."""

from mongoengine import DateTimeField, DictField, Document, IntField, ListField, StringField

from app.models.accounts import now


class Report(Document):
    """What somebody reported of a message or a person. ``_id`` follows from who reported what, so there is one of each.

    ``person``: whom it is about. ``kept``: what it was each time when it was reported, the first first, so that nothing hides it
    later: of a message ``{body, created_at, edited_at, at}``, of a person ``{name, handle, about, at}``. ``around``: messages before and
    after it, if the reporter agreed. ``reporter`` is empty once their account is deleted.

    ``taken_by``: the administrator who is at it. ``actions`` and ``notes`` are administrators': ``{did, by, at}``, ``{text, by, at}``.
    ``opened_at``: when it was reported first, or again after it was closed.
    """

    id = StringField(primary_key=True)
    kind = StringField(choices=("message", "person"), required=True)
    reporter = StringField()
    person = StringField(required=True)
    conversation = StringField()
    seq = IntField()
    reason = StringField(required=True)
    note = StringField()
    kept = ListField(DictField())
    around = ListField(DictField())
    state = StringField(choices=("open", "taken", "closed"), default="open")
    taken_by = StringField()
    actions = ListField(DictField())
    notes = ListField(DictField())
    outcome = StringField()
    reported_at = DateTimeField(default=now)
    opened_at = DateTimeField(default=now)
    closed_at = DateTimeField()
    created_at = DateTimeField(default=now)

    meta = {  # noqa: RUF012
        "collection": "reports",
        "auto_create_index": False,
        "indexes": [
            ("state", "-reported_at"),
            "-reported_at",
            ("person", "-reported_at"),
            ("reporter", "-reported_at"),
        ],
    }


class Notice(Document):
    """What a person is to be told by whoever runs this Chatter, until ``closed_at``.

    ``kind`` "warning": ``text`` is what they are told, and they have to say that they read it; "report": what came of one of
    theirs, of a message or a person (``about``), in one word (``outcome``).
    """

    id = StringField(primary_key=True)
    user = StringField(required=True)
    kind = StringField(choices=("warning", "report"), required=True)
    text = StringField()
    about = StringField()
    outcome = StringField()
    created_at = DateTimeField(default=now)
    closed_at = DateTimeField()

    meta = {"collection": "notices", "auto_create_index": False, "indexes": [("user", "created_at")]}  # noqa: RUF012


class Announcement(Document):
    """What everybody is told from ``begins_at`` (None: as soon as it is published) until ``ends_at``, unless it was withdrawn.

    Who closed it is remembered with the person (``User.closed_announcements``).
    """

    id = StringField(primary_key=True)
    text = StringField(required=True)
    level = StringField(choices=("info", "important", "urgent"), default="info")
    begins_at = DateTimeField()
    ends_at = DateTimeField(required=True)
    written_by = StringField()
    published_at = DateTimeField()
    withdrawn_at = DateTimeField()
    created_at = DateTimeField(default=now)

    meta = {  # noqa: RUF012
        "collection": "announcements",
        "auto_create_index": False,
        "indexes": ["ends_at", "-created_at"],
    }
