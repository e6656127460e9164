"""Passkeys: public keys that stand for a person."""

from mongoengine import BinaryField, DateTimeField, Document, IntField, ListField, StringField

from app.domain.ids import new_id
from app.models.accounts import now


class Passkey(Document):
    """A public key. ``credential`` is its id (base64url), ``sign_count`` the authenticator's counter as seen last."""

    id = StringField(primary_key=True, default=new_id)
    user = StringField(required=True)
    credential = StringField(required=True, unique=True)
    public_key = BinaryField(required=True)
    sign_count = IntField(default=0)
    transports = ListField(StringField(), default=list)
    name = StringField(default="", max_length=80)
    created_at = DateTimeField(default=now)
    last_used = DateTimeField()

    meta = {"collection": "passkeys", "auto_create_index": False, "indexes": ["user"]}  # noqa: RUF012
