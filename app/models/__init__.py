"""MongoEngine documents: fields, indexes, named queries. Nothing here decides; services do."""

from app.models.accounts import Device, User
from app.models.contacts import Contact
from app.models.conversations import Conversation, GroupLink, Membership
from app.models.jobs import Job
from app.models.messages import DeadLetter, Message
from app.models.moderation import Announcement, Notice, Report
from app.models.operations import AuditEvent, FigureSample, Installation, LeaseEpoch, PushKey
from app.models.passkeys import Passkey

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
    FigureSample,
    Installation,
    LeaseEpoch,
    Job,
    Passkey,
    PushKey,
    Report,
    Notice,
    Announcement,
)

__all__ = [
    "DOCUMENTS",
    "Announcement",
    "AuditEvent",
    "Contact",
    "Conversation",
    "DeadLetter",
    "Device",
    "FigureSample",
    "GroupLink",
    "Installation",
    "Job",
    "LeaseEpoch",
    "Membership",
    "Message",
    "Notice",
    "Passkey",
    "PushKey",
    "Report",
    "User",
]
