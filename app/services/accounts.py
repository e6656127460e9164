"""Accounts: how a person comes in, and who they say they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mongoengine import NotUniqueError

from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.domain.handles import clean_handle
from app.domain.text import clean_line
from app.languages import known
from app.models import User
from app.models.accounts import now

NAME_CHARACTERS = 80
ABOUT_CHARACTERS = 300
DISABLED = "This account is disabled. Whoever runs this Chatter can enable it again."
LAST_WAY_IN = "This is your only way to sign in. Add another one first."


@dataclass(frozen=True, slots=True)
class GoogleProfile:
    """What Google says of a person, once the ID token was verified. ``sub`` alone identifies them."""

    sub: str
    email: str | None
    name: str


class Accounts:
    """Creates, finds, links and changes accounts. ``check_sign_up`` raises Forbidden while nobody new is let in."""

    def __init__(self, check_sign_up: Callable[[], None] = lambda: None) -> None:
        self._check_sign_up = check_sign_up

    def get(self, user_id: str) -> User:
        """The account. Raises NotFound where there is none, or it is disabled."""
        user: User | None = User.objects(id=user_id, disabled_at=None).first()
        if user is None:
            raise NotFound
        return user

    def sign_in_by_phone(self, phone: str) -> User:
        """The account of ``phone`` (E.164, proven), made if there is none. Raises Forbidden where it is disabled, or new and
        nobody new is let in."""
        return enabled(self._find_or_create({"phone": phone}, {}))

    def sign_in_by_google(self, profile: GoogleProfile) -> User:
        """The account of this Google identity, made if there is none. Raises Forbidden as above.

        Accounts are found by ``sub`` and never by e-mail: an address changes hands, and is nobody's proof here.
        """
        suggested = {"email": profile.email, "name": _suggested_name(profile.name)}
        return enabled(self._find_or_create({"google_sub": profile.sub}, suggested))

    def link_phone(self, user_id: str, phone: str) -> None:
        """Make ``phone`` (E.164, proven) a way into the account. Raises Conflict where it is another's."""
        _change(user_id, {"set__phone": phone}, taken="That number belongs to another account.")

    def link_google(self, user_id: str, profile: GoogleProfile) -> None:
        """Make the Google identity a way into the account. Raises Conflict where it is another's."""
        change = {"set__google_sub": profile.sub, "set__email": profile.email}
        _change(user_id, change, taken="That Google account belongs to another account.")

    def unlink_phone(self, user_id: str) -> None:
        """Take the number off the account. Raises Conflict where nothing else leads in."""
        # One conditional write: two unlinks at the same moment cannot both find the other way still open.
        if not User.objects(id=user_id, google_sub__ne=None).update_one(unset__phone=True):
            raise Conflict(LAST_WAY_IN)

    def unlink_google(self, user_id: str) -> None:
        """Take the Google identity off the account. Raises Conflict where nothing else leads in."""
        if not User.objects(id=user_id, phone__ne=None).update_one(unset__google_sub=True, unset__email=True):
            raise Conflict(LAST_WAY_IN)

    def onboard(self, user_id: str, name: str) -> None:
        """The first visit is over: the person has a name. Raises Invalid; may run twice."""
        _change(user_id, {"set__name": _clean_name(name)})
        User.objects(id=user_id, onboarded_at=None).update_one(set__onboarded_at=now())

    def change_profile(
        self,
        user_id: str,
        *,
        name: str | None = None,
        handle: str | None = None,
        about: str | None = None,
        met_in_groups: bool | None = None,
    ) -> User:
        """Change what is given; an empty ``handle`` gives it up. Raises Invalid, and Conflict where it is taken."""
        change: dict[str, Any] = {}
        if name is not None:
            change["set__name"] = _clean_name(name)
        if about is not None:
            change["set__about"] = _clean("about", about, ABOUT_CHARACTERS)
        if met_in_groups is not None:
            change["set__met_in_groups"] = met_in_groups
        if handle == "":
            change["unset__handle"] = True
        elif handle is not None:
            change["set__handle"] = _clean_handle(handle)
        if change:
            _change(user_id, change, taken="That handle is taken.", field="handle")
        return self.get(user_id)

    def change_language(self, user_id: str, language: str | None) -> None:
        """Speak to the person in this language from now on; None: in the one their browser asks for. Raises Invalid."""
        if language is not None and known(language) is None:
            raise Invalid("There is no such language.", fields={"language": "There is no such language."})
        _change(user_id, {"set__locale": language} if language else {"unset__locale": True}, taken="")

    def change_avatar(self, user_id: str, photo: str | None) -> str | None:
        """Show the photo with this id from now on, or none; the id of the one before."""
        change = {"set__avatar": photo} if photo else {"unset__avatar": True}
        before = User.objects(id=user_id).modify(new=False, **change)
        if before is None:
            raise NotFound
        return before.avatar or None

    def _find_or_create(self, identity: dict[str, str], suggested: dict[str, Any]) -> User:
        user: User | None = User.objects(**identity).first()
        if user is not None:
            return user
        self._check_sign_up()
        try:
            user = User(**identity, **suggested).save(force_insert=True)
        except NotUniqueError:
            # Two first sign-ins at the same moment: the unique index let one of them create the account.
            user = User.objects.get(**identity)
        return user


def enabled(user: User) -> User:
    """The same account, whose owner has shown that it is theirs. Raises Forbidden where it is disabled."""
    if user.disabled_at is not None:
        raise Forbidden(DISABLED)
    return user


def _change(user_id: str, change: dict[str, Any], *, taken: str = "", field: str | None = None) -> None:
    try:
        matched = User.objects(id=user_id, disabled_at=None).update_one(**change, full_result=True).matched_count
    except NotUniqueError:
        raise (Conflict(taken, fields={field: taken}) if field else Conflict(taken)) from None
    if not matched:
        raise NotFound


def _clean_name(name: str) -> str:
    cleaned = _clean("name", name, NAME_CHARACTERS)
    if not any(character.isalnum() for character in cleaned):
        raise _invalid("name", "is needed")
    return cleaned


def _suggested_name(name: str) -> str:
    try:
        return clean_line(name)[:NAME_CHARACTERS]
    except ValueError:
        return ""


def _clean(field: str, line: str, limit: int) -> str:
    try:
        cleaned = clean_line(line)
    except ValueError as error:
        raise _invalid(field, str(error)) from None
    if len(cleaned) > limit:
        raise _invalid(field, f"has at most {limit} characters")
    return cleaned


def _clean_handle(handle: str) -> str:
    try:
        return clean_handle(handle)
    except ValueError as error:
        raise _invalid("handle", str(error)) from None


def _invalid(field: str, reason: str) -> Invalid:
    return Invalid(f"The {field} {reason}.", fields={field: f"The {field} {reason}."})
