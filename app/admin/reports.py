"""The dashboard's pages of what was reported: the queue, one report with what was said, and what is done about it.

What was reported is shown because somebody who could see it reported it; that an administrator looked is written down first.
"""

from typing import Annotated, Any, Literal

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, StringConstraints

from app.admin.changes import change
from app.admin.view import CURSOR_CHARACTERS, POST, SUBJECT, TEXT_CHARACTERS, AdminView, Asked, expose
from app.blueprints.asker import address
from app.blueprints.forms import Form
from app.blueprints.identity import current_user_id
from app.domain.errors import ChatError
from app.domain.reports import NOTE_CHARACTERS, REASONS, WARNING_CHARACTERS, ReportState
from app.domain.text import clean_body
from app.services import people
from app.services.audit import Actor
from app.services.registry import services

Chosen = Literal["open", "taken", "closed", "all"]


class Search(Asked):
    """``q`` is an id or a handle."""

    q: Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)] = ""
    state: Chosen = "open"
    after: Annotated[str, StringConstraints(max_length=CURSOR_CHARACTERS)] | None = None

    def wanted(self) -> ReportState | None:
        return None if self.state == "all" else self.state


class NoteForm(Form):
    text: Annotated[str, StringConstraints(max_length=NOTE_CHARACTERS), AfterValidator(clean_body)]


class WarningForm(Form):
    text: Annotated[str, StringConstraints(max_length=WARNING_CHARACTERS), AfterValidator(clean_body)]


def _person(report: str) -> str:
    return services().moderation.about(report)


class ReportsView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The queue: what nobody has taken, or what is asked for; what was reported last first."""
        search = Search.here()
        found, following = services().moderation.find(search.wanted(), search.q, search.after)
        known = people.load(id for one in found for id in (one.person, one.reporter, one.taken_by) if id)
        return self.show("reports", search=search, found=found, following=following, people=known, reasons=REASONS)

    @expose("/waiting")
    def waiting(self) -> ResponseReturnValue:
        """``{waiting}``: how many nobody has taken, for the pages that are open. It shows nothing of any of them, so nothing
        is written down. Raises RateLimited."""
        services().limits.allow_local("dashboard", current_user_id())
        return jsonify(waiting=services().moderation.waiting())

    @expose(f"/{SUBJECT}")
    def report(self, subject: str) -> ResponseReturnValue:
        """One of them."""
        return self.page(subject)

    @expose(f"/{SUBJECT}/take", methods=POST)
    @change("report_taken")
    def take(self, subject: str, details: dict[str, Any]) -> None:
        services().moderation.take(subject, current_user_id())

    @expose(f"/{SUBJECT}/give-back", methods=POST)
    @change("report_given_back")
    def give_back(self, subject: str, details: dict[str, Any]) -> None:
        services().moderation.give_back(subject)

    @expose(f"/{SUBJECT}/note", methods=POST)
    @change("report_noted")
    def note(self, subject: str, details: dict[str, Any]) -> None:
        services().moderation.note(subject, current_user_id(), NoteForm.sent().text)

    @expose(f"/{SUBJECT}/warn", methods=POST)
    @change("person_warned", _person)
    def warn(self, subject: str, details: dict[str, Any]) -> None:
        services().moderation.warn(subject, current_user_id(), WarningForm.sent().text)

    @expose(f"/{SUBJECT}/remove", methods=POST)
    @change("message_removed", _person)
    def remove(self, subject: str, details: dict[str, Any]) -> None:
        services().moderation.remove(subject, current_user_id())

    @expose(f"/{SUBJECT}/disable", methods=POST)
    @change("account_disabled", _person)
    def disable(self, subject: str, details: dict[str, Any]) -> None:
        details["devices"] = services().moderation.disable(subject, current_user_id())

    @expose(f"/{SUBJECT}/dismiss", methods=POST)
    @change("report_dismissed")
    def dismiss(self, subject: str, details: dict[str, Any]) -> None:
        services().moderation.dismiss(subject, current_user_id())

    @expose(f"/{SUBJECT}/close", methods=POST)
    @change("report_closed")
    def close(self, subject: str, details: dict[str, Any]) -> None:
        details["outcome"] = services().moderation.close(subject, current_user_id())

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        _person(subject)  # there is such a report, and so something to be seen
        with services().audit.carrying_out(Actor(current_user_id(), address()), "report_looked_at", subject):
            file = services().moderation.file(subject)
        return self.show("report", error, file=file, reasons=REASONS)

    def path(self, subject: str, done: str) -> str:
        return url_for("admin_reports.report", subject=subject, done=done)
