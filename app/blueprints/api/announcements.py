"""What whoever runs this Chatter says to everybody."""

from flask.typing import ResponseReturnValue

from app.blueprints.api.answers import AnnouncementList
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import documented
from app.blueprints.identity import current_account, current_user_id
from app.services.announcements import told
from app.services.registry import services


@api.get("/announcements")
@documented(answer=AnnouncementList, refusals=(401, 429), tag="me")
def list_announcements() -> ResponseReturnValue:
    """Those that run or are to begin, and which of them one has closed."""
    services().limits.allow_local("sync", current_user_id())
    return {**told(), "closed": list(current_account().closed_announcements or ())}


@api.post("/announcements/<string(length=22):announcement>/closing")
@documented(status=204, tag="me")
def close_announcement(announcement: str) -> ResponseReturnValue:
    """One has read it: it is shown on none of one's devices any more."""
    user = current_user_id()
    services().limits.allow_local("read", user)
    services().announcements.close(user, announcement)
    return "", 204
