"""What a person is told by whoever runs this Chatter, until they close it: warnings, and what came of what they reported."""

from typing import Any

from pymongo.errors import DuplicateKeyError

from app.domain.errors import NotFound
from app.domain.reports import Outcome, ReportKind
from app.models import Notice
from app.models.accounts import now
from app.services.publishing import Publisher

SHOWN_AT_ONCE = 20


class Notices:
    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def open_of(self, user: str) -> list[dict[str, Any]]:
        """What the user has not closed, the oldest first, at most ``SHOWN_AT_ONCE``: NoticeViews (docs/wire.md)."""
        waiting = Notice.objects(user=user, closed_at=None).order_by("created_at", "id").limit(SHOWN_AT_ONCE)
        return [notice_view(notice) for notice in waiting]

    def warn(self, id: str, user: str, text: str) -> None:
        """Warn them, once for each ``id``: they see it until they said that they read it."""
        self._give({"_id": id, "user": user, "kind": "warning", "text": text})

    def tell_outcome(self, id: str, user: str, about: ReportKind, outcome: Outcome) -> None:
        """Tell them what came of something they reported, once for each ``id``."""
        self._give({"_id": id, "user": user, "kind": "report", "about": about, "outcome": outcome})

    def close(self, user: str, id: str) -> None:
        """They read it; it is shown on none of their pages any more. Raises NotFound where there is none of theirs."""
        if Notice.objects(id=id, user=user, closed_at=None).update_one(set__closed_at=now()):
            self._tell(user)
        elif not Notice.objects(id=id, user=user).first():
            raise NotFound

    def _give(self, fields: dict[str, Any]) -> None:
        try:
            Notice._get_collection().insert_one({**fields, "created_at": now()})
        except DuplicateKeyError:
            return
        self._tell(fields["user"])

    def _tell(self, user: str) -> None:
        self._publisher.to_users([user], "notices_changed", {"notices": self.open_of(user)})


def notice_view(notice: Notice) -> dict[str, Any]:
    """The notice as its person sees it; times in ms."""
    return {
        "id": notice.id,
        "kind": notice.kind,
        "text": notice.text or "",
        "about": notice.about or None,
        "outcome": notice.outcome or None,
        "created_at": int(notice.created_at.timestamp() * 1000),
    }
