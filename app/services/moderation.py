"""What administrators do about what was reported. Each is one verb; who does it is written down by ``audit.py``."""

from dataclasses import dataclass
from typing import Any

from app.domain.errors import Conflict, NotFound
from app.domain.ids import content_hash, derived_id, is_id
from app.domain.reports import ReportState, outcome_of
from app.models import Notice, Report, User
from app.models.accounts import now
from app.models.messages import read_many
from app.services import cursors, people
from app.services.account_control import AccountControl
from app.services.account_search import AccountSearch
from app.services.conversation_control import ConversationControl
from app.services.conversation_search import ConversationSearch
from app.services.notices import Notices

OTHERS_SHOWN = 20
CLOSED = "The report is closed."
TAKEN = "Somebody else is at it already."
NO_MESSAGE = "That was no report of a message."
GONE = "Their account was deleted."
DONE_ALREADY = "Something was done about it. Close it instead."
NOTHING_DONE = "Nothing was done about it. Dismiss it instead."


@dataclass(frozen=True, slots=True)
class File:
    """What an administrator sees of a report. ``accounts``: everybody in it who has one. ``place``: what the conversation is
    called. ``message``: "there", "deleted" or "gone", None for a person's. ``others``: the other reports about the person, the
    newest first. ``made``, ``dismissed``: how many the reporter made. ``warnings``: what the person was told.
    ``done``: was something done since it was opened?"""

    report: Report
    accounts: dict[str, User]
    place: str
    message: str | None
    others: list[Report]
    made: int
    dismissed: int
    warnings: list[Notice]
    done: bool


class Moderation:
    def __init__(
        self,
        notices: Notices,
        accounts: AccountControl,
        conversations: ConversationControl,
        account_search: AccountSearch,
        conversation_search: ConversationSearch,
    ) -> None:
        self._notices = notices
        self._accounts = accounts
        self._conversations = conversations
        self._account_search = account_search
        self._conversation_search = conversation_search

    def find(self, state: ReportState | None, text: str, cursor: str | None = None) -> tuple[list[Report], str | None]:
        """Reports in this state (None: in any) about or by somebody (an id or a handle), or in a conversation (its id).

        The one that was reported last first, a page of them, and the cursor of the next. Raises Invalid.
        """
        asked: list[dict[str, Any]] = [] if state is None else [{"state": state}]
        if text.strip():
            id = self._account_search.exact(text.strip()) or text.strip()
            asked.append({"$or": [{name: id} for name in ("person", "reporter", "conversation", "_id")]})
        if cursor is not None:
            asked.append(cursors.after(cursor, "reported_at"))
        query = {"$and": asked} if asked else {}
        found = Report.objects(__raw__=query).order_by("-reported_at", "-id").limit(cursors.PAGE + 1)
        return cursors.cut(list(found), "reported_at")

    def waiting(self) -> int:
        """How many reports nobody has taken."""
        return int(Report.objects(state="open").count())

    def about(self, report: str) -> str:
        """Whom it is about. Raises NotFound."""
        return str(_get(report).person)

    def file(self, report: str) -> File:
        """What there is of the report. Raises NotFound."""
        found = _get(report)
        others = Report.objects(person=found.person, id__ne=found.id).order_by("-reported_at").limit(OTHERS_SHOWN)
        made = Report.objects(reporter=found.reporter) if found.reporter else Report.objects.none()
        ids = {found.person, found.reporter, found.taken_by, *(one["sender"] for one in found.around)}
        ids |= {one["by"] for one in [*found.actions, *found.notes]}
        return File(
            report=found,
            accounts=people.load(id for id in ids if id),
            place=self._place(found),
            message=_message(found),
            others=list(others),
            made=made.count(),
            dismissed=made.filter(outcome="dismissed").count(),
            warnings=list(
                Notice.objects(user=found.person, kind="warning").order_by("-created_at").limit(OTHERS_SHOWN)
            ),
            done=bool(_done(found)),
        )

    def take(self, report: str, admin: str) -> None:
        """Be the one who is at it. Raises NotFound, Conflict (another is, or it is closed)."""
        if not Report.objects(id=report, state="open").update_one(set__state="taken", set__taken_by=admin):
            raise Conflict(TAKEN if _get(report).state == "taken" else CLOSED)

    def give_back(self, report: str) -> None:
        """Nobody is at it any more. Raises NotFound, Conflict."""
        if not Report.objects(id=report, state="taken").update_one(set__state="open", unset__taken_by=True):
            raise Conflict("Nobody is at it." if _get(report).state == "open" else CLOSED)

    def note(self, report: str, admin: str, text: str) -> None:
        """Write something down for the other administrators. Raises NotFound."""
        if not Report.objects(id=report).update_one(push__notes={"text": text, "by": admin, "at": now()}):
            raise NotFound

    def warn(self, report: str, admin: str, text: str) -> None:
        """Tell the person something that they have to acknowledge; the same text twice is told once. Raises NotFound, Conflict."""
        found = _open(report)
        if User.objects(id=found.person).first() is None:
            raise Conflict(GONE)
        self._notices.warn(derived_id("warning", report, content_hash(text)), found.person, text)
        _acted(found, "warned", admin)

    def remove(self, report: str, admin: str) -> None:
        """Delete the message for everybody. Raises NotFound, Conflict (it is deleted, or no message), and what posting raises."""
        found = _open(report)
        if found.kind != "message":
            raise Conflict(NO_MESSAGE)
        self._conversations.remove(found.conversation, found.seq)
        _acted(found, "removed", admin)

    def disable(self, report: str, admin: str) -> int:
        """Disable the person's account; how many devices were signed out. Raises NotFound, Conflict."""
        found = _open(report)
        devices = self._accounts.disable(found.person)
        _acted(found, "disabled", admin)
        return devices

    def dismiss(self, report: str, admin: str) -> None:
        """Nothing is to be done; the reporter is told. Raises NotFound, Conflict (something was, or it is closed)."""
        if _done(_open(report)):
            raise Conflict(DONE_ALREADY)
        self._end(report, admin)

    def close(self, report: str, admin: str) -> str:
        """What was to be done is; the reporter is told. The outcome. Raises NotFound, Conflict (nothing was, or it is closed)."""
        if not _done(_open(report)):
            raise Conflict(NOTHING_DONE)
        return self._end(report, admin)

    def _end(self, report: str, admin: str) -> str:
        found = _open(report)
        outcome = outcome_of(_done(found))
        ended = {"set__state": "closed", "set__closed_at": now(), "set__outcome": outcome, "set__taken_by": admin}
        if not Report.objects(id=report, state__ne="closed").update_one(**ended):
            raise Conflict(CLOSED)
        if found.reporter:
            once = derived_id("outcome", report, str(int(found.opened_at.timestamp() * 1000)))
            self._notices.tell_outcome(once, found.reporter, found.kind, outcome)
        return outcome

    def _place(self, report: Report) -> str:
        return self._conversation_search.name_of(report.conversation) if report.conversation else ""


def _get(report: str) -> Report:
    found: Report | None = Report.objects(id=report).first() if is_id(report) else None
    if found is None:
        raise NotFound
    return found


def _open(report: str) -> Report:
    """The report, which is not closed. Raises NotFound, Conflict."""
    found = _get(report)
    if found.state == "closed":
        raise Conflict(CLOSED)
    return found


def _done(report: Report) -> list[str]:
    """What was done since it was reported, or reported again after it was closed."""
    return [one["did"] for one in report.actions if one["at"] >= report.opened_at]


def _acted(report: Report, did: str, admin: str) -> None:
    """Remember what was done; whoever does something is at it, unless somebody else is."""
    Report.objects(id=report.id).update_one(push__actions={"did": did, "by": admin, "at": now()})
    Report.objects(id=report.id, state="open").update_one(set__state="taken", set__taken_by=admin)


def _message(report: Report) -> str | None:
    if report.kind != "message":
        return None
    place = (report.conversation, report.seq)
    entry = read_many([place]).get(place)
    if entry is None or entry.expired:
        return "gone"
    return "deleted" if entry.fold is not None and entry.fold.current.deleted_at is not None else "there"
