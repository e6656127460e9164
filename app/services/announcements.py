"""What whoever runs this Chatter says to everybody: written, published, withdrawn; closed by each person for themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from app.domain.announcements import MOST_RUNNING, Level
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.ids import is_id
from app.models import Announcement, User
from app.models.accounts import now
from app.services import cursors
from app.services.publishing import Publisher

OVER = "It would be over already."
NEVER = "It would end before it begins."
OUT = "It is published. Withdraw it and write another one."
FULL = f"{MOST_RUNNING} are running already. Withdraw one of them first."


@dataclass(frozen=True, slots=True)
class Draft:
    """``begins_at`` None: as soon as it is published."""

    text: str
    level: Level
    begins_at: datetime | None
    ends_at: datetime


class Announcements:
    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def write(self, id: str, admin: str, draft: Draft) -> None:
        """Write it, or what it says from now on. Raises Invalid, Conflict (it is published)."""
        if draft.begins_at is not None and draft.begins_at >= draft.ends_at:
            raise Invalid(NEVER, fields={"ends": NEVER})
        if draft.ends_at <= now():
            raise Invalid(OVER, fields={"ends": OVER})
        fields = {"text": draft.text, "level": draft.level, "begins_at": draft.begins_at, "ends_at": draft.ends_at}
        if Announcement.objects(id=id).first() is None:
            Announcement(id=id, written_by=admin, **fields).save()
            return
        changed = Announcement._get_collection().update_one({"_id": id, "published_at": None}, {"$set": fields})
        if not changed.matched_count:
            raise Conflict(OUT)

    def publish(self, id: str) -> None:
        """Say it to everybody, from when it is to begin. Raises NotFound, Conflict (it is published, over, or one too many)."""
        found = self.get(id)
        moment = now()
        if found.ends_at <= moment:
            raise Conflict(OVER)
        if len(running()) >= MOST_RUNNING:
            raise Conflict(FULL)
        begins = max(found.begins_at or moment, moment)
        if not Announcement.objects(id=id, published_at=None).update_one(
            set__published_at=moment, set__begins_at=begins
        ):
            raise Conflict(OUT)
        self._tell()

    def withdraw(self, id: str) -> None:
        """Nobody sees it any more. Raises NotFound, Conflict (it is not published, or withdrawn)."""
        self.get(id)
        there = Announcement.objects(id=id, published_at__ne=None, withdrawn_at=None)
        if not there.update_one(set__withdrawn_at=now()):
            raise Conflict("It is not published.")
        self._tell()

    def get(self, id: str) -> Announcement:
        """One of them. Raises NotFound."""
        found: Announcement | None = Announcement.objects(id=id).first() if is_id(id) else None
        if found is None:
            raise NotFound
        return found

    def page(self, cursor: str | None = None) -> tuple[list[Announcement], str | None]:
        """All that were written, the newest first, a page of them, and the cursor of the next. Raises Invalid."""
        query = cursors.after(cursor, "created_at") if cursor is not None else {}
        found = Announcement.objects(__raw__=query).order_by("-created_at", "-id").limit(cursors.PAGE + 1)
        return cursors.cut(list(found), "created_at")

    def close(self, user: str, id: str) -> None:
        """It is shown on none of the user's pages any more. Raises NotFound where none of this id runs."""
        there = [one.id for one in running()]
        if id not in there:
            raise NotFound
        # What is over is forgotten with it, so that the list does not grow.
        here = {"_id": user}
        past = {"$pull": {"closed_announcements": {"$nin": there}}}
        writes = [UpdateOne(here, {"$addToSet": {"closed_announcements": id}}), UpdateOne(here, past)]
        User._get_collection().bulk_write(writes, ordered=True)
        self._publisher.to_users([user], "announcement_closed", {"announcement": id})

    def _tell(self) -> None:
        self._publisher.to_everybody("announcements_changed", told())


def running() -> list[Announcement]:
    """Those that are published and not over, also such as are to begin; the oldest first."""
    there = Announcement.objects(ends_at__gt=now(), published_at__ne=None, withdrawn_at=None)
    return list(there.order_by("published_at", "id"))


def told() -> dict[str, Any]:
    """What every page holds: ``{announcements, server_time}``, by whose clock they begin and end (ms)."""
    return {
        "announcements": [announcement_view(one) for one in running()],
        "server_time": int(now().timestamp() * 1000),
    }


def announcement_view(announcement: Announcement) -> dict[str, Any]:
    """The announcement as everybody sees it; times in ms."""
    return {
        "id": announcement.id,
        "level": announcement.level,
        "text": announcement.text,
        "begins_at": int(announcement.begins_at.timestamp() * 1000),
        "ends_at": int(announcement.ends_at.timestamp() * 1000),
    }
