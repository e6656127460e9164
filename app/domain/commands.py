"""What a client may ask over the socket: one pydantic model per command, strict, nothing unknown let through.

The names, directions and payloads of the wire stand here and in ``entries.py`` and nowhere else. The golden frames in
``tests/wire/`` are checked against these models and against the browser's code.
"""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from app.domain.emoji import is_emoji
from app.domain.entries import EntryKind
from app.domain.errors import Invalid
from app.domain.ids import CLIENT_ID_PATTERN, ID_PATTERN, content_hash
from app.domain.text import clean_body

MAX_BODY_CHARACTERS = 8_000
MAX_SEQ = 9_999_999_999
SYNC_PAGE_ENTRIES = 200

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
ClientId = Annotated[str, StringConstraints(pattern=CLIENT_ID_PATTERN)]
Seq = Annotated[int, Field(ge=0, le=MAX_SEQ)]
Target = Annotated[int, Field(ge=1, le=MAX_SEQ)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_BODY_CHARACTERS)]


def explain(error: ValidationError) -> Invalid:
    """The typed refusal for a payload pydantic would not take: names each field and the reason, echoes no value."""
    fields = {".".join(str(part) for part in item["loc"]) or "payload": item["msg"] for item in error.errors()[:8]}
    return Invalid("That is not valid: " + "; ".join(f"{k}: {v}" for k, v in fields.items()), fields=fields)


def entry_hash(kind: str, body: str, target: int | None = None, *, forwarded: bool = False) -> str:
    """The content hash of a command that becomes such an entry. What is forwarded is about nothing."""
    if forwarded:
        return content_hash(kind, body, "forwarded")
    return content_hash(kind, body) if target is None else content_hash(kind, body, str(target))


class Command(BaseModel):
    """Base of every command. ``parse`` is the only door in."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    name: ClassVar[str]

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """The command in ``raw`` (a decoded JSON object), or ``Invalid``."""
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise explain(error) from None


class Post(Command):
    """Say something. Acked with ``{seq, ordinal, client_id, created_at}`` once it is stored for good.

    ``reply_to``: the number of the text that it answers. ``forwarded``: its sender says that they did not write it here; it
    answers nothing (``docs/decisions/0040``).
    """

    name = "post"
    conversation: Id
    client_id: ClientId
    body: Text
    reply_to: Target | None = None
    forwarded: bool = False

    @field_validator("body")
    @classmethod
    def _clean(cls, body: str) -> str:
        return clean_body(body)

    @model_validator(mode="after")
    def _answers_nothing(self) -> Self:
        if self.forwarded and self.reply_to is not None:
            raise ValueError("what is forwarded answers nothing")
        return self

    @property
    def hash(self) -> str:
        return entry_hash("text", self.body, self.reply_to, forwarded=self.forwarded)


class Revision(Command):
    """Base of what changes the text ``target``, or pins it. Acked as ``post`` is; ``kind`` and ``text`` make its entry."""

    conversation: Id
    client_id: ClientId
    target: Target

    @property
    def kind(self) -> EntryKind:
        raise NotImplementedError

    @property
    def text(self) -> str:
        return ""


class Edit(Revision):
    """Say it otherwise: one's own text is ``body`` from now on."""

    name = "edit"
    body: Text

    @field_validator("body")
    @classmethod
    def _clean(cls, body: str) -> str:
        return clean_body(body)

    @property
    def kind(self) -> EntryKind:
        return "edited"

    @property
    def text(self) -> str:
        return self.body


class Delete(Revision):
    """Take it back, for everybody: one's own text, or as an admin of a group that of a member."""

    name = "delete"

    @property
    def kind(self) -> EntryKind:
        return "deleted"


class React(Revision):
    """Put an emoji under a text (``active``), or take it away again."""

    name = "react"
    emoji: Annotated[str, Field(min_length=1, max_length=16)]
    active: bool

    @field_validator("emoji")
    @classmethod
    def _one(cls, emoji: str) -> str:
        if not is_emoji(emoji):
            raise ValueError("is not one emoji")
        return emoji

    @property
    def kind(self) -> EntryKind:
        return "reacted" if self.active else "unreacted"

    @property
    def text(self) -> str:
        return self.emoji


class Pin(Revision):
    """Put a text among what is pinned in its conversation (``active``), or take it away again."""

    name = "pin"
    active: bool

    @property
    def kind(self) -> EntryKind:
        return "pinned" if self.active else "unpinned"


class Sync(Command):
    """What comes after ``after``, up to ``until`` (default: the head), at most 200 entries, contiguous."""

    name = "sync"
    conversation: Id
    after: Seq
    until: Seq | None = None


class Heads(Command):
    """The heartbeat, every 15 s: how far is each of my conversations? ``visible``: is this tab looked at?"""

    name = "heads"
    visible: bool = True


class Read(Command):
    """Move my cursors forward (they never go back)."""

    name = "read"
    conversation: Id
    delivered: Seq | None = None
    read: Seq | None = None


class Typing(Command):
    """I am typing (repeat every 4 s while it lasts), or I stopped."""

    name = "typing"
    conversation: Id
    active: bool


COMMANDS: dict[str, type[Command]] = {
    command.name: command for command in (Post, Edit, Delete, React, Pin, Sync, Heads, Read, Typing)
}

FactName = Literal[
    "entries",
    "heads",
    "cursors",
    "typing",
    "presence",
    "conversation_added",
    "conversation_removed",
    "contact_added",
    "contact_changed",
    "contact_removed",
    "privacy_changed",
    "notifications_changed",
    "draft_changed",
    "notices_changed",
    "announcements_changed",
    "announcement_closed",
    "signed_out",
]
