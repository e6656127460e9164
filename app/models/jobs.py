"""Work for later, and who is at it."""

from mongoengine import DateTimeField, DictField, Document, IntField, StringField

from app.models.accounts import now


class Job(Document):
    """What is to be done for a person. ``_id`` is ``kind:user``, so there is one of a kind for each person at a time.

    Whoever does it is the ``holder`` until ``held_until``, and says again and again that they live; ``attempts`` counts
    those who took it up. Not before ``due_at``. ``progress`` is a percentage.
    """

    id = StringField(primary_key=True)
    kind = StringField(required=True)
    user = StringField(required=True)
    state = StringField(choices=("waiting", "running", "done", "failed"), default="waiting")
    due_at = DateTimeField(default=now)
    holder = StringField()
    held_until = DateTimeField()
    attempts = IntField(default=0)
    progress = IntField(default=0)
    result = DictField(default=None)
    created_at = DateTimeField(default=now)
    finished_at = DateTimeField()

    meta = {"collection": "jobs", "auto_create_index": False, "indexes": [("state", "due_at")]}  # noqa: RUF012
