"""Reporting a message or a person to whoever runs this Chatter: what was said is kept as it stood."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mongoengine.errors import NotUniqueError

from app.domain.commands import MAX_SEQ, Sync
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.ids import derived_id
from app.domain.reports import AROUND, Reason
from app.models import Membership, Notice, Report
from app.models.accounts import now
from app.services import people
from app.services.limits import Limits
from app.services.messages import Messages

MOST_KEPT = 5
"""Of a message that is edited and reported again and again: as it was at first, and the next four."""
KEPT = timedelta(days=180)
"""So long a report stays after it was closed."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody says of what they report. ``around``: they agree that messages before and after it go along."""

    reason: Reason
    note: str = ""
    around: bool = False


class Reports:
    def __init__(self, messages: Messages, limits: Limits) -> None:
        self._messages = messages
        self._limits = limits

    def message(self, reporter: str, conversation: str, seq: int, complaint: Complaint) -> dict[str, Any]:
        """Report a message that ``reporter`` can see; once more changes what they said of it. The ReportView.

        Raises NotFound, Invalid (one's own), Conflict (deleted, and not reported before), RateLimited.
        """
        self._limits.check("report", reporter)
        if not 1 <= seq <= MAX_SEQ:
            raise NotFound
        shown = self._shown(reporter, conversation, seq, AROUND if complaint.around else 0)
        entry = next((one for one in shown if one["seq"] == seq), None)
        if entry is None or entry["kind"] != "text":
            raise NotFound("There is no such message.")
        if entry["sender"] == reporter:
            raise Invalid("That is your own message.")
        report = Report(
            id=derived_id("report", reporter, conversation, str(seq)),
            kind="message",
            reporter=reporter,
            person=entry["sender"],
            conversation=conversation,
            seq=seq,
            around=_texts(shown, but=seq, hidden=_hidden(reporter, conversation)),
        )
        gone = entry.get("deleted_at") is not None or entry.get("expired", False)
        return _file(report, complaint, None if gone else {**_said(entry), "at": now()})

    def person(self, reporter: str, user: str, complaint: Complaint) -> dict[str, Any]:
        """Report a person; once more changes what was said of them. The ReportView. Raises NotFound, Invalid (oneself),
        RateLimited."""
        self._limits.check("report", reporter)
        if user == reporter:
            raise Invalid("That is you.")
        account = people.living(user)
        report = Report(id=derived_id("report", reporter, user), kind="person", reporter=reporter, person=user)
        kept = {"name": account.name, "handle": account.handle, "about": account.about, "at": now()}
        return _file(report, complaint, kept)

    def sweep(self) -> int:
        """Delete the reports that were closed long ago; how many."""
        return int(Report.objects(state="closed", closed_at__lt=now() - KEPT).delete() or 0)

    def _shown(self, reporter: str, conversation: str, seq: int, around: int) -> list[dict[str, Any]]:
        """The entries from ``around`` before to ``around`` after it, as the reporter may see them. Raises NotAMember."""
        after, until = max(0, seq - 1 - around), min(MAX_SEQ, seq + around)
        return self._messages.sync(reporter, Sync(conversation=conversation, after=after, until=until)).entries


def report_view(report: Report) -> dict[str, Any]:
    """A report as whoever made it sees it; times in ms."""
    return {
        "id": report.id,
        "kind": report.kind,
        "person": report.person,
        "conversation": report.conversation or None,
        "seq": report.seq or None,
        "reason": report.reason,
        "note": report.note or "",
        "around": bool(report.around),
        "reported_at": int(report.reported_at.timestamp() * 1000),
    }


def forget(user: str) -> None:
    """The account is deleted: what they reported is nobody's, without their words; what was kept of their profile goes, and
    what they were told."""
    Report.objects(reporter=user).update(set__reporter="", set__note="", set__around=[])
    Report.objects(person=user, kind="person").update(set__kept=[])
    Notice.objects(user=user).delete()


def _file(report: Report, complaint: Complaint, kept: dict[str, Any] | None) -> dict[str, Any]:
    """Store it, or what is new of it where it is there already; ``kept`` None: it is gone."""
    said = {"set__reason": complaint.reason, "set__note": complaint.note, "set__reported_at": now()}
    known = Report.objects(id=report.id).first()
    if known is None:
        if kept is None:
            raise Conflict("That message was deleted.")
        report.reason, report.note, report.kept = complaint.reason, complaint.note, [kept]
        try:
            return report_view(report.save(force_insert=True))
        except NotUniqueError:
            known = Report.objects.get(id=report.id)  # two tabs, and the other was the first
    if report.around:
        said["set__around"] = report.around
    if kept is not None and _differs(kept, known.kept) and len(known.kept) < MOST_KEPT:
        said["push__kept"] = kept
    Report.objects(id=report.id).update_one(**said)
    again = {"set__state": "open", "set__opened_at": now(), "unset__closed_at": True, "unset__taken_by": True}
    Report.objects(id=report.id, state="closed").update_one(**again)
    return report_view(Report.objects.get(id=report.id))


def _differs(kept: dict[str, Any], before: list[dict[str, Any]]) -> bool:
    plain = [{name: value for name, value in one.items() if name != "at"} for one in (kept, *before[-1:])]
    return plain[0] != plain[-1] or not before


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    edited = entry.get("edited_at")
    return {
        "body": entry["body"],
        "created_at": _moment(entry["created_at"]),
        "edited_at": _moment(edited) if edited is not None else None,
    }


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _texts(shown: list[dict[str, Any]], but: int, hidden: frozenset[int]) -> list[dict[str, Any]]:
    """What the others say that are there: no holes, none that are deleted or no longer kept, none that the reporter deleted for themselves."""
    return [
        {"seq": one["seq"], "sender": one["sender"], **_said(one)}
        for one in shown
        if one["kind"] == "text"
        and one["seq"] not in {but, *hidden}
        and one.get("deleted_at") is None
        and "expired" not in one
    ]


def _hidden(user: str, conversation: str) -> frozenset[int]:
    place = Membership.objects(conversation=conversation, user=user).only("hidden_seqs").first()
    return frozenset(place.hidden_seqs or ()) if place else frozenset()
