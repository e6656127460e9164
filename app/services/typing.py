"""Who is typing: a fact that is worth nothing a few seconds later, so it is told and never stored."""

from app.domain.commands import Typing
from app.services.access import Access
from app.services.publishing import Publisher
from app.services.visibility import Visibility


class TypingNotes:
    """Tell a conversation that somebody is typing in it, unless one side of it blocked the other, hides it, or has not let the other write."""

    def __init__(self, access: Access, publisher: Publisher, visibility: Visibility) -> None:
        self._access = access
        self._publisher = publisher
        self._visibility = visibility

    def note(self, user: str, command: Typing, *, socket: str | None = None) -> None:
        """Raises ``NotAMember``. ``socket`` is the one that must not hear its own note."""
        facts = self._access.member(user, command.conversation)
        if facts.hidden_from(user) or facts.blocked_by(user) or facts.requested:
            return
        note = {"conversation": facts.conversation, "user": user, "active": command.active}
        sight = self._visibility.among(facts.members)
        hearing = [member for member in sorted(facts.members - {user}) if sight.typing(user, member)]
        if len(hearing) == len(facts.members) - 1:
            self._publisher.to_conversation(facts.conversation, facts.epoch, "typing", note, skip=socket)
        elif hearing:
            self._publisher.to_users(hearing, "typing", note)
