"""The dashboard's pages of what is said to everybody: write it, see how it looks, publish it, withdraw it."""

from datetime import UTC, datetime
from typing import Annotated, Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, StringConstraints

from app.admin.changes import change
from app.admin.view import CURSOR_CHARACTERS, POST, SUBJECT, AdminView, Asked, expose
from app.blueprints.forms import Form
from app.blueprints.identity import current_user_id
from app.domain.announcements import ANNOUNCEMENT_CHARACTERS, LEVELS, Level
from app.domain.errors import ChatError, Invalid, NotFound
from app.domain.ids import new_id
from app.domain.text import clean_body
from app.models import Announcement
from app.models.accounts import now
from app.services import people
from app.services.announcements import Draft
from app.services.registry import services

NO_MOMENT = "is not a day and a time"
FIELDS = ("text", "level", "begins", "ends")


class Page(Asked):
    after: Annotated[str, StringConstraints(max_length=CURSOR_CHARACTERS)] | None = None


class AnnouncementForm(Form):
    """``begins`` and ``ends`` as a browser's field gives them, in UTC; ``begins`` empty: as soon as it is published."""

    text: Annotated[str, StringConstraints(max_length=ANNOUNCEMENT_CHARACTERS), AfterValidator(clean_body)]
    level: Level
    begins: Annotated[str, StringConstraints(max_length=20)] = ""
    ends: Annotated[str, StringConstraints(max_length=20)]

    def draft(self) -> Draft:
        """What was written. Raises Invalid."""
        begins = _moment("begins", self.begins) if self.begins.strip() else None
        return Draft(self.text, self.level, begins, _moment("ends", self.ends))


class AnnouncementsView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What was written, the newest first, and a place to write another one."""
        return self._list()

    @expose(f"/{SUBJECT}")
    def announcement(self, subject: str) -> ResponseReturnValue:
        """One of them, as everybody sees it."""
        return self.page(subject)

    @expose(f"/{SUBJECT}/write", methods=POST)
    @change("announcement_written")
    def write(self, subject: str, details: dict[str, Any]) -> None:
        draft = AnnouncementForm.sent().draft()
        details |= {"text": draft.text, "level": draft.level, "ends": f"{draft.ends_at:%Y-%m-%d %H:%M}"}
        services().announcements.write(subject, current_user_id(), draft)

    @expose(f"/{SUBJECT}/publish", methods=POST)
    @change("announcement_published")
    def publish(self, subject: str, details: dict[str, Any]) -> None:
        details["text"] = services().announcements.get(subject).text
        services().announcements.publish(subject)

    @expose(f"/{SUBJECT}/withdraw", methods=POST)
    @change("announcement_withdrawn")
    def withdraw(self, subject: str, details: dict[str, Any]) -> None:
        services().announcements.withdraw(subject)

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        try:
            found = services().announcements.get(subject)
        except NotFound:
            if error is None or isinstance(error, NotFound):
                raise
            return self._list(error, subject)  # what was written first could not be kept: it stands in the form still
        sent = _sent() if error is not None else _written(found)
        known = people.load([found.written_by] if found.written_by else [])
        return self.show("announcement", error, one=found, sent=sent, levels=LEVELS, people=known, moment=now())

    def path(self, subject: str, done: str) -> str:
        return url_for("admin_announcements.announcement", subject=subject, done=done)

    def _list(self, error: ChatError | None = None, id: str | None = None) -> ResponseReturnValue:
        found, following = services().announcements.page(Page.here().after)
        context = {"found": found, "following": following, "levels": LEVELS, "moment": now()}
        return self.show("announcements", error, fresh=id or new_id(), sent=_sent(), **context)


def _moment(name: str, text: str) -> datetime:
    try:
        return datetime.strptime(text.strip()[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid(fields={name: NO_MOMENT}) from None


def _sent() -> dict[str, str]:
    """What stands in the form that was sent; nothing where none was."""
    return {name: request.form.get(name, "")[:ANNOUNCEMENT_CHARACTERS] for name in FIELDS}


def _written(found: Announcement) -> dict[str, str]:
    begins = f"{found.begins_at:%Y-%m-%dT%H:%M}" if found.begins_at else ""
    return {"text": found.text, "level": found.level, "begins": begins, "ends": f"{found.ends_at:%Y-%m-%dT%H:%M}"}
