"""The bodies of answers (docs/wire.md), as models: for the description, and checked in development and tests."""

from typing import Literal

from app.blueprints.api.openapi import Answer
from app.domain.announcements import Level as AnnouncementLevel
from app.domain.entries import EntryKind
from app.domain.group_settings import SlowSeconds, Whose
from app.domain.notifications import Level
from app.domain.permissions import Role
from app.domain.reports import Outcome, ReportKind


class UserView(Answer):
    """``deleted``: of an account that is no more."""

    id: str
    name: str
    handle: str | None
    avatar: str | None
    about: str
    deleted: bool | None = None


class PresenceView(Answer):
    state: Literal["online", "away", "offline"]
    last_seen: int | None


class ReactionView(Answer):
    user: str
    emoji: str


class EntryView(Answer):
    """``target``: what it is about, or replies to. ``forwarded``: its sender says that it was said elsewhere. ``root``: of a
    reply, and of the deletion of one, the message that its thread begins with; that says how many ``replies`` are there, as of
    the entry ``replies_rev``.
    ``expired``: what it said is no longer kept.
    A text that was revised says what it is now: ``rev`` is the number of the last entry that was applied to it."""

    seq: int
    ordinal: int
    kind: EntryKind
    sender: str
    client_id: str
    body: str
    created_at: int
    target: int | None = None
    forwarded: bool | None = None
    expired: bool | None = None
    root: int | None = None
    replies: int | None = None
    replies_rev: int | None = None
    rev: int | None = None
    edited_at: int | None = None
    deleted_at: int | None = None
    deleted_by: str | None = None
    reactions: list[ReactionView] | None = None


class VersionView(Answer):
    body: str
    created_at: int


class VersionList(Answer):
    """What a text said, oldest first."""

    versions: list[VersionView]


class ContactView(Answer):
    user: UserView
    alias: str | None
    source: Literal["manual", "message", "group", "invite"]
    blocked: bool
    presence: PresenceView
    conversation: str | None


class MemberView(Answer):
    user: UserView
    role: Role
    delivered: int
    read: int
    presence: PresenceView


class PlaceView(Answer):
    """``unread``: marked as such by oneself; ``hidden``: the numbers of messages that one deleted for oneself; ``saved``: of
    those that one saved, as of the change number ``saved_rev``; ``draft``: what one began to write, in its version ``draft_rev``."""

    role: Role
    from_seq: int
    until_seq: int | None
    delivered: int
    read: int
    read_ordinal: int
    mentioned: int
    notify: Level
    muted_until: int | None
    pinned: bool
    archived: bool
    unread: bool
    hidden: list[int]
    saved: list[int]
    saved_rev: int
    draft: str
    draft_rev: int


class GroupSettingsView(Answer):
    posts: Whose
    adds: Whose
    slow_seconds: SlowSeconds
    keep_days: int


class PinView(Answer):
    """``seq``: the message; ``by``: who pinned it."""

    seq: int
    by: str


class ConversationView(Answer):
    """``closed_by``: who deleted the group for all. ``frozen``: nobody may write in it now. ``pins``: what is pinned, in the
    order in which it was; ``pins_rev``: the number of the last entry that changed it. ``kept_days``: how long messages
    are kept in all of this Chatter, 0 for ever; ``expired``: those up to this number, written at ``expired_at`` ms, are not any more."""

    id: str
    kind: Literal["direct", "group"]
    title: str | None
    avatar: str | None
    description: str
    settings: GroupSettingsView
    kept_days: int
    expired: int
    expired_at: int | None
    closed_by: str | None
    frozen: bool
    created_by: str
    head: int
    head_ordinal: int
    last: EntryView | None
    members: list[MemberView]
    former: list[UserView]
    pins: list[PinView]
    pins_rev: int
    me: PlaceView
    blocked: bool
    request: bool


class ConversationList(Answer):
    conversations: list[ConversationView]


class ContactList(Answer):
    contacts: list[ContactView]


class PeopleList(Answer):
    people: list[UserView]


class EntryPage(Answer):
    """Entries in order, without holes. ``complete``: there is nothing more in the direction asked."""

    conversation: str
    entries: list[EntryView]
    head: int
    head_ordinal: int
    complete: bool


class EntryPlace(Answer):
    seq: int


class ReceiptView(Answer):
    conversation: str
    client_id: str
    seq: int
    ordinal: int
    created_at: int


class CursorsView(Answer):
    conversation: str
    delivered: int
    read: int
    read_ordinal: int


class InviteView(Answer):
    code: str
    url: str


class QuietDailyView(Answer):
    begins: str
    ends: str
    zone: str


class NotificationsView(Answer):
    """What one wants to be told of. ``show_text``: notifications hold what messages say; quiet until a moment (ms), and
    every day between two times (``HH:MM``)."""

    show_text: bool
    quiet_until: int | None
    quiet_daily: QuietDailyView | None


class NoticeView(Answer):
    """What one is told by whoever runs this Chatter. ``kind`` "warning": ``text`` is to be read, and closed; "report": what came of
    a report of one's (``outcome``) of a message or a person (``about``). Times in ms."""

    id: str
    kind: Literal["warning", "report"]
    text: str
    about: ReportKind | None
    outcome: Outcome | None
    created_at: int


class NoticeList(Answer):
    """The oldest first."""

    notices: list[NoticeView]


class AnnouncementView(Answer):
    """To be shown from ``begins_at`` until ``ends_at`` (ms)."""

    id: str
    level: AnnouncementLevel
    text: str
    begins_at: int
    ends_at: int


class AnnouncementList(Answer):
    """What whoever runs this Chatter says to everybody, the oldest first; ``closed``: by oneself, on whichever device."""

    announcements: list[AnnouncementView]
    closed: list[str]
    server_time: int


class PushView(Answer):
    """``public_key``: what a browser subscribes with (``applicationServerKey``); ``endpoint``: where this device is told, if it is."""

    public_key: str
    endpoint: str | None


class Me(UserView):
    """Oneself: ``role`` admin sees the dashboard; ``makes_groups``: may one make groups here?"""

    role: Literal["member", "admin"]
    makes_groups: bool


class Bootstrap(Answer):
    """What a client needs to begin. Times in ms; ``sync_interval_minutes``: how often to compare heads anyway."""

    me: Me
    conversations: list[ConversationView]
    contacts: list[ContactView]
    server_time: int
    notifications: NotificationsView
    notices: list[NoticeView]
    announcements: list[AnnouncementView]
    announcements_closed: list[str]
    sync_interval_minutes: int
