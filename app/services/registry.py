"""The services of this process, built once by ``create_app``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.access import Access
    from app.services.account_control import AccountControl
    from app.services.account_search import AccountSearch
    from app.services.accounts import Accounts
    from app.services.administrators import Administrators
    from app.services.announcements import Announcements
    from app.services.audit import Audit
    from app.services.codes import Codes
    from app.services.contacts import Contacts
    from app.services.conversation_control import ConversationControl
    from app.services.conversation_reading import ConversationReading
    from app.services.conversation_search import ConversationSearch
    from app.services.conversations import Conversations
    from app.services.deletions import Deletions
    from app.services.devices import Devices
    from app.services.drafts import Drafts
    from app.services.erasure import Erasure
    from app.services.exports import Exports
    from app.services.figures import Figures
    from app.services.group_links import GroupLinks
    from app.services.groups import Groups
    from app.services.history import History
    from app.services.jobs import Jobs
    from app.services.limits import Limits
    from app.services.log_console import LogConsole
    from app.services.messages import Messages
    from app.services.moderation import Moderation
    from app.services.notices import Notices
    from app.services.notifications import NotificationSettings
    from app.services.passkeys import Passkeys
    from app.services.photos import Photos
    from app.services.presence import Presence
    from app.services.privacy import PrivacySettings
    from app.services.push import Push
    from app.services.receipts import Receipts
    from app.services.replies import Replies
    from app.services.reports import Reports
    from app.services.requests import Requests
    from app.services.retention import Retention
    from app.services.saved import Saved
    from app.services.switches import SwitchBoard
    from app.services.tokens import Tokens
    from app.services.typing import TypingNotes


@dataclass(frozen=True, slots=True)
class Services:
    """One attribute per module of this package."""

    access: "Access"
    account_control: "AccountControl"
    account_search: "AccountSearch"
    accounts: "Accounts"
    administrators: "Administrators"
    announcements: "Announcements"
    audit: "Audit"
    codes: "Codes"
    contacts: "Contacts"
    conversation_control: "ConversationControl"
    conversation_reading: "ConversationReading"
    conversation_search: "ConversationSearch"
    conversations: "Conversations"
    deletions: "Deletions"
    devices: "Devices"
    drafts: "Drafts"
    erasure: "Erasure"
    exports: "Exports"
    figures: "Figures"
    group_links: "GroupLinks"
    groups: "Groups"
    history: "History"
    jobs: "Jobs"
    limits: "Limits"
    log_console: "LogConsole"
    messages: "Messages"
    moderation: "Moderation"
    notices: "Notices"
    notifications: "NotificationSettings"
    passkeys: "Passkeys"
    photos: "Photos"
    presence: "Presence"
    privacy: "PrivacySettings"
    push: "Push"
    receipts: "Receipts"
    replies: "Replies"
    reports: "Reports"
    requests: "Requests"
    retention: "Retention"
    saved: "Saved"
    switches: "SwitchBoard"
    tokens: "Tokens"
    typing: "TypingNotes"


_services: Services | None = None


def install(services: Services) -> None:
    """Make ``services`` what ``services()`` answers in this process."""
    global _services
    _services = services


def services() -> Services:
    """This process's services; ``RuntimeError`` before ``create_app``."""
    if _services is None:
        raise RuntimeError("create_app() has not run")
    return _services
