"""Who knows whom."""

from mongoengine import BooleanField, DateTimeField, Document, StringField

from app.models.accounts import now


class Contact(Document):
    """``owner`` has ``user`` among their contacts (or has blocked them).

    ``unasked``: it came by a message of the other or by a group, and the owner has not answered, named or added them.
    """

    owner = StringField(required=True)
    user = StringField(required=True)
    alias = StringField(max_length=80)
    source = StringField(choices=("manual", "message", "group", "invite"), default="manual")
    blocked_at = DateTimeField()
    unasked = BooleanField()
    removed_at = DateTimeField()
    created_at = DateTimeField(default=now)

    meta = {  # noqa: RUF012
        "collection": "contacts",
        "auto_create_index": False,
        "indexes": [{"fields": ("owner", "user"), "unique": True}, "user"],
    }
