"""Reporting messages and people to whoever runs this Chatter, and what one is told by them."""

from typing import Annotated, Literal

from flask.typing import ResponseReturnValue
from pydantic import Field, field_validator

from app.blueprints.api.answers import NoticeList
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, Body, documented
from app.blueprints.identity import current_user_id
from app.domain.reports import NOTE_CHARACTERS, Reason
from app.domain.text import clean_draft
from app.services.registry import services
from app.services.reports import Complaint


class NewReport(Body):
    """``note``: what else there is to say, if anything."""

    reason: Reason
    note: Annotated[str, Field(max_length=NOTE_CHARACTERS)] = ""

    @field_validator("note")
    @classmethod
    def _clean(cls, note: str) -> str:
        return clean_draft(note).strip()


class NewMessageReport(NewReport):
    """``around``: the three messages before it and the three after it, as one sees them, may be kept and looked at, too."""

    around: bool = False


class ReportView(Answer):
    """What one reported. ``person``: whom it is about; ``around``: messages beside it went along. Times in ms."""

    id: str
    kind: Literal["message", "person"]
    person: str
    conversation: str | None
    seq: int | None
    reason: Reason
    note: str
    around: bool
    reported_at: int


@api.post("/conversations/<string(length=22):conversation>/entries/<int:seq>/report")
@documented(json=NewMessageReport, answer=ReportView, status=201, refusals=(401, 404, 409, 429), tag="reports")
def report_message(json: NewMessageReport, conversation: str, seq: int) -> ResponseReturnValue:
    """Report somebody's message: what it says now is kept, also should it be deleted. Once more changes what one said of it."""
    complaint = Complaint(json.reason, json.note, json.around)
    return services().reports.message(current_user_id(), conversation, seq, complaint), 201


@api.post("/people/<string(length=22):user>/report")
@documented(json=NewReport, answer=ReportView, status=201, tag="reports")
def report_person(json: NewReport, user: str) -> ResponseReturnValue:
    """Report a person. Once more changes what one said of them."""
    return services().reports.person(current_user_id(), user, Complaint(json.reason, json.note)), 201


@api.get("/me/notices")
@documented(answer=NoticeList, refusals=(401, 429), tag="me")
def list_notices() -> ResponseReturnValue:
    """What whoever runs this Chatter told one, and one has not closed yet."""
    user = current_user_id()
    services().limits.allow_local("sync", user)
    return {"notices": services().notices.open_of(user)}


@api.post("/me/notices/<string(length=22):notice>/closing")
@documented(status=204, tag="me")
def close_notice(notice: str) -> ResponseReturnValue:
    """One has read it: it is shown on none of one's devices any more."""
    user = current_user_id()
    services().limits.allow_local("read", user)
    services().notices.close(user, notice)
    return "", 204
