"""Build the services in the order in which they need each other."""

from redis import Redis

from app.sequencing.heads import Heads
from app.sequencing.sequencer import Sequencer
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
from app.services.limits import Bucket, Limits
from app.services.log_console import LogConsole
from app.services.messages import Messages
from app.services.moderation import Moderation
from app.services.notices import Notices
from app.services.notifications import NotificationSettings
from app.services.outgoing import Outgoing
from app.services.passkeys import Passkeys
from app.services.photos import Photos
from app.services.presence import Presence
from app.services.privacy import PrivacySettings
from app.services.publishing import Publisher
from app.services.push import Push
from app.services.push_due import PushDue
from app.services.push_sender import PushSender
from app.services.push_subscriptions import PushSubscriptions
from app.services.receipts import Receipts
from app.services.registry import Services
from app.services.replies import Replies
from app.services.reports import Reports
from app.services.requests import Requests
from app.services.retention import Retention
from app.services.retention_policy import RetentionPolicy
from app.services.saved import Saved
from app.services.sms import provider_for
from app.services.switches import SwitchBoard
from app.services.tokens import Tokens
from app.services.typing import TypingNotes
from app.services.vapid import Vapid
from app.services.visibility import Visibility
from config import Settings


def build(
    settings: Settings, redis: Redis, heads: Heads, sequencer: Sequencer, publisher: Publisher, process: str
) -> Services:
    """The services of one process."""
    limits = Limits(
        settings.redis_url,
        lenient=settings.environment != "production",
        posts=Bucket(settings.post_burst, settings.post_per_second),
    )
    access = Access()
    switches = SwitchBoard()
    visibility = Visibility()
    presence = Presence(redis, process, publisher, visibility)
    policy = RetentionPolicy()
    conversations = Conversations(heads, presence, publisher, limits, policy.kept_days)
    messages = Messages(redis, sequencer, heads, access, conversations)
    retention = Retention(process, messages, heads, policy)
    devices = Devices(redis, publisher)
    receipts = Receipts(redis, access, heads, publisher, visibility)
    jobs = Jobs()
    exports = Exports(jobs, heads, limits)
    photos = Photos(settings.max_photo_bytes)
    groups = Groups(
        messages,
        conversations,
        presence,
        publisher,
        limits,
        access,
        photos,
        switches.check_founder,
        lambda: switches.current().group_members,
        retention.preview_of,
    )
    account_search, notices = AccountSearch(), Notices(publisher)
    accounts = Accounts(lambda: switches.current().check_sign_up())
    deletions, passkeys = Deletions(jobs), Passkeys(settings, redis, limits)
    figures = Figures(redis, presence, settings.shard_count)
    account_control = AccountControl(accounts, devices, passkeys, exports, deletions)
    conversation_control = ConversationControl(redis, messages, conversations, access, publisher)
    conversation_search = ConversationSearch(heads, account_search, settings.shard_count)
    return Services(
        access=access,
        account_control=account_control,
        account_search=account_search,
        accounts=accounts,
        administrators=Administrators(),
        announcements=Announcements(publisher),
        audit=Audit(settings.audit_log_days),
        codes=Codes(settings, redis, provider_for(settings), limits),
        contacts=Contacts(publisher, presence, limits, conversations),
        conversation_control=conversation_control,
        conversation_reading=ConversationReading(heads, settings.admin_reads_messages),
        conversation_search=conversation_search,
        conversations=conversations,
        deletions=deletions,
        devices=devices,
        drafts=Drafts(access, publisher),
        erasure=Erasure(redis, jobs, messages, conversations, devices, exports, publisher),
        exports=exports,
        figures=figures,
        groups=groups,
        group_links=GroupLinks(messages, conversations, groups, limits, access),
        history=History(access, heads, messages),
        jobs=jobs,
        limits=limits,
        log_console=LogConsole(redis, heads, messages, figures, settings.shard_count),
        messages=messages,
        moderation=Moderation(notices, account_control, conversation_control, account_search, conversation_search),
        notices=notices,
        notifications=NotificationSettings(publisher, limits),
        passkeys=passkeys,
        photos=photos,
        presence=presence,
        privacy=PrivacySettings(presence, publisher, limits),
        push=_push(settings, redis, heads, limits, process),
        receipts=receipts,
        replies=Replies(access),
        reports=Reports(messages, limits),
        requests=Requests(conversations, receipts, heads, publisher),
        retention=retention,
        saved=Saved(conversations, publisher),
        switches=switches,
        tokens=Tokens(settings, devices),
        typing=TypingNotes(access, publisher, visibility),
    )


def _push(settings: Settings, redis: Redis, heads: Heads, limits: Limits, process: str) -> Push:
    vapid = Vapid(settings)
    loopback = settings.push_to_loopback
    return Push(
        redis,
        heads,
        PushDue(redis, process),
        PushSubscriptions(limits, settings.session_days, loopback=loopback),
        vapid,
        PushSender(vapid, Outgoing(loopback=loopback)),
    )
