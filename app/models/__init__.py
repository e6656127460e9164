"""MongoEngine documents: fields, indexes, named queries. Nothing here decides; services do."""

from app.models.accounts import Device, User
from app.models.contacts import Contact
from app.models.conversations import Conversation, GroupLink, Membership
from app.models.messages import DeadLetter, Message
from app.models.operations import AuditEvent, Installation, LeaseEpoch

DOCUMENTS = (
    User,
    Device,
    Contact,
    Conversation,
    Membership,
    GroupLink,
    Message,
    DeadLetter,
    AuditEvent,
    Installation,
    LeaseEpoch,
)

__all__ = [
    "DOCUMENTS",
    "AuditEvent",
    "Contact",
    "Conversation",
    "DeadLetter",
    "Device",
    "GroupLink",
    "Installation",
    "LeaseEpoch",
    "Membership",
    "Message",
    "User",
]
