"""Finding people, and how a person looks from outside."""

from collections.abc import Iterable
from typing import Any

import phonenumbers

from app.domain.errors import NotFound
from app.models import User
from app.models.slices import slices
from app.services.phone_numbers import to_e164
from app.services.views import user_view

DELETED_NAME = "Deleted account"


def person_view(user_id: str, user: User | None) -> dict[str, Any]:
    """The UserView of ``user``; of an account that is deleted or disabled only that it was one."""
    if user is None or user.disabled_at is not None:
        return {"id": user_id, "name": DELETED_NAME, "handle": None, "avatar": None, "about": "", "deleted": True}
    return dict(user_view(user))


def seen_view(user_id: str, user: User | None, *, photo: bool) -> dict[str, Any]:
    """The same for somebody who may see the photo, or may not."""
    view = person_view(user_id, user)
    return view if photo else {**view, "avatar": None}


def load(ids: Iterable[str]) -> dict[str, User]:
    """The users with these ids, those that exist, in few queries."""
    return {user.id: user for some in slices(set(ids)) for user in User.objects(id__in=some)}


def living(user_id: str) -> User:
    """The user with this id; NotFound where there is none or the account is disabled."""
    return _only(User.objects(id=user_id, disabled_at=None).first())


def by_handle(handle: str) -> User:
    """The user with exactly this handle, with or without ``@``, in any case. Raises NotFound."""
    return _only(User.objects(handle=handle.strip().removeprefix("@").lower(), disabled_at=None).first())


def by_phone(number: str, asker: User) -> User:
    """The user with exactly this number, read as ``asker`` would dial it. Raises Invalid, NotFound."""
    return _only(User.objects(phone=to_e164(number, region_of(asker)), disabled_at=None).first())


def by_invite(code: str) -> User:
    """The user whose invite code this is now. Raises NotFound."""
    return _only(User.objects(invite_code=code, disabled_at=None).first())


def region_of(user: User) -> str | None:
    """The region (ISO 3166) of the user's own number, which a number without a country code is read in."""
    if not user.phone:
        return None
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(user.phone))
    except phonenumbers.NumberParseException:
        return None


def _only(user: User | None) -> User:
    if user is None:
        raise NotFound("There is nobody here by that name, number or link.")
    return user
