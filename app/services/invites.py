"""One's own invite link: a secret that makes whoever has it a contact, until it is rotated."""

from app.domain.errors import NotFound
from app.domain.ids import new_id
from app.models import User


def invite_code(user: str) -> str:
    """The user's invite code (22 base-62 characters), made on the first asking."""
    # The condition lets only the first of two askers make one; both then read the same.
    User.objects(id=user, invite_code=None).update_one(set__invite_code=new_id())
    return _code(user)


def rotate_invite(user: str) -> str:
    """A new code; links with the old one lead nowhere from now on."""
    User.objects(id=user).update_one(set__invite_code=new_id())
    return _code(user)


def _code(user: str) -> str:
    code: str | None = User.objects(id=user).scalar("invite_code").first()
    if code is None:
        raise NotFound
    return code
