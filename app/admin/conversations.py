"""The dashboard's pages of conversations: find one, see who is in it and how much is said, act on it.

What is said is shown only where whoever runs the processes switched that on, and each look is written down first.
"""

from typing import Annotated, Any

from flask import url_for
from flask.typing import ResponseReturnValue
from pydantic import Field, StringConstraints

from app.admin.changes import change
from app.admin.view import CURSOR_CHARACTERS, POST, SUBJECT, TEXT_CHARACTERS, AdminView, Asked, TypedForm, expose
from app.blueprints.asker import address
from app.blueprints.identity import current_user_id
from app.domain.commands import MAX_SEQ
from app.domain.errors import ChatError
from app.services.audit import Actor
from app.services.conversation_control import phrase_for
from app.services.conversation_search import Kind
from app.services.registry import services

Text = Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)]


class Search(Asked):
    """``member`` is an id or a handle."""

    q: Text = ""
    member: Text = ""
    kind: Kind = "all"
    after: Annotated[str, StringConstraints(max_length=CURSOR_CHARACTERS)] | None = None


class Place(Asked):
    """``before``: the number before which the passage ends."""

    before: Annotated[int, Field(ge=1, le=MAX_SEQ)] | None = None


class ConversationsView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """All of them, or those that are searched for; the newest first."""
        search = Search.here()
        finder = services().conversation_search
        found, following = finder.find(search.q, search.member, search.kind, search.after)
        return self.show("conversations", search=search, found=found, following=following, names=finder.names(found))

    @expose(f"/{SUBJECT}")
    def conversation(self, subject: str) -> ResponseReturnValue:
        """One of them."""
        return self.page(subject)

    @expose(f"/{SUBJECT}/messages")
    def messages(self, subject: str) -> ResponseReturnValue:
        """What is said in it, a passage at a time. Raises NotFound where nobody may read, Invalid."""
        reading = services().conversation_reading
        after, last = reading.find(subject, Place.here().before)
        actor, read = Actor(current_user_id(), address()), {"from": after + 1, "to": last}
        with services().audit.carrying_out(actor, "messages_read", subject, **read):
            passage = reading.read(subject, after, last)
        name = services().conversation_search.name_of(subject)
        return self.show("messages", subject=subject, name=name, passage=passage)

    @expose(f"/{SUBJECT}/freeze", methods=POST)
    @change("conversation_frozen")
    def freeze(self, subject: str, details: dict[str, Any]) -> None:
        services().conversation_control.freeze(subject)

    @expose(f"/{SUBJECT}/unfreeze", methods=POST)
    @change("conversation_unfrozen")
    def unfreeze(self, subject: str, details: dict[str, Any]) -> None:
        services().conversation_control.unfreeze(subject)

    @expose(f"/{SUBJECT}/delete", methods=POST)
    @change("group_deleted")
    def delete(self, subject: str, details: dict[str, Any]) -> None:
        services().conversation_control.delete(subject, TypedForm.sent().typed)

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        dossier = services().conversation_search.dossier(subject)
        readable = services().conversation_reading.allowed
        phrase = phrase_for(dossier.conversation)
        return self.show("conversation", error, dossier=dossier, phrase=phrase, readable=readable)

    def path(self, subject: str, done: str) -> str:
        return url_for("admin_conversations.conversation", subject=subject, done=done)
