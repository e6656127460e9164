"""The dashboard's page of what administrators did. It is read there, and nothing else."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from app.admin.view import CURSOR_CHARACTERS, TEXT_CHARACTERS, AdminView, Asked, expose
from app.models import Conversation, Report
from app.services import people
from app.services.audit import COMMAND_LINE, Wanted
from app.services.registry import services

Text = Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)]

ACTIONS = {
    "account_disabled": "Disabled an account",
    "account_enabled": "Enabled an account",
    "signed_out_everywhere": "Signed somebody out everywhere",
    "google_unlinked": "Unlinked a Google account",
    "passkeys_removed": "Removed passkeys",
    "role_changed": "Changed a role",
    "export_asked": "Asked for a copy of somebody’s data",
    "announcement_written": "Wrote an announcement",
    "announcement_published": "Published an announcement",
    "announcement_withdrawn": "Withdrew an announcement",
    "log_verified": "Verified a log",
    "letter_retried": "Tried a dead letter again",
    "letter_discarded": "Discarded a dead letter",
    "settings_changed": "Changed what is allowed here",
    "retention_changed": "Changed how long messages are kept",
    "retention_taken_back": "Took back a change of how long messages are kept",
    "deletion_asked": "Asked for a deletion in a week",
    "account_kept": "Kept an account that was to be deleted",
    "deleted_at_once": "Deleted an account at once",
    "account_deleted": "The deletion of an account ended",
    "conversation_frozen": "Froze a conversation",
    "conversation_unfrozen": "Unfroze a conversation",
    "messages_read": "Read what is said in a conversation",
    "group_deleted": "Deleted a group for all",
    "report_looked_at": "Looked at a report",
    "report_taken": "Took a report",
    "report_given_back": "Gave a report back",
    "report_noted": "Wrote a note on a report",
    "person_warned": "Warned somebody",
    "message_removed": "Removed a message for everyone",
    "report_dismissed": "Dismissed a report",
    "report_closed": "Closed a report",
}
"""Every action that is written down, in words."""


class Filter(Asked):
    """``actor`` and ``subject`` are an id or a handle; days are in UTC, and both are meant."""

    actor: Text = ""
    action: Text = ""
    subject: Text = ""
    since: date | None = None
    until: date | None = None
    after: Annotated[str, StringConstraints(max_length=CURSOR_CHARACTERS)] | None = None

    def wanted(self) -> Wanted:
        return Wanted(
            actor=_named(self.actor),
            action=self.action or None,
            subject=_named(self.subject),
            since=_midnight(self.since) if self.since else None,
            until=_midnight(self.until) + timedelta(days=1) if self.until else None,
        )


class AuditView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The events that are asked for, the newest first."""
        asked = Filter.here()
        events, following = services().audit.page(asked.wanted(), asked.after)
        named = {id for event in events for id in (event.subject, event.actor, (event.details or {}).get("page"))}
        return self.show(
            "audit",
            asked=asked,
            events=events,
            following=following,
            kept_days=services().audit.kept_days,
            actions=ACTIONS,
            people=people.load(id for id in named if id),
            reports=set(Report.objects(id__in=[id for id in named if id]).scalar("id")),
            groups=services().conversation_search.names(list(Conversation.objects(id__in=[id for id in named if id]))),
        )


def _named(text: str) -> str | None:
    """The id that is meant; what is nobody's stays as it is, and finds nothing. None: anybody."""
    text = text.strip()
    if not text or text == COMMAND_LINE.id:
        return text or None
    return services().account_search.exact(text) or text


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
