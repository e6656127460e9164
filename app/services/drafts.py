"""What a person began to write in a conversation, for all their devices: a text with a version, in their own membership."""

from typing import Any

from app.domain.errors import Conflict
from app.models import Membership
from app.services.access import Access
from app.services.publishing import Publisher


class Drafts:
    def __init__(self, access: Access, publisher: Publisher) -> None:
        self._access = access
        self._publisher = publisher

    def change(self, user: str, conversation: str, body: str, base: int) -> dict[str, Any]:
        """Make ``body`` (empty: none) the draft, if its version is still ``base``; tells the user's other devices.

        Answers ``{conversation, body, version}``, also where it says that already. Raises NotAMember, and Conflict where
        another device was faster: ``details`` are what stands, so that the client can keep both.
        """
        self._access.member(user, conversation)
        place = {"conversation": conversation, "user": user, "until_seq": None}
        # A draft that never was is version 0, and stored as nothing.
        wanted = {**place, "draft_rev": base or None}
        update = {"$set": {"draft": body, "draft_rev": base + 1}}
        if Membership._get_collection().update_one(wanted, update).matched_count:
            stands = {"conversation": conversation, "body": body, "version": base + 1}
            self._publisher.to_users([user], "draft_changed", stands)
            return stands
        row = Membership._get_collection().find_one(place, {"draft": 1, "draft_rev": 1}) or {}
        standing, version = row.get("draft") or "", row.get("draft_rev") or 0
        if standing == body:
            return {"conversation": conversation, "body": body, "version": version}
        raise Conflict("Another device of yours wrote something else meanwhile.", body=standing, version=version)
