"""Contacts, people, and one's own invite link."""

from typing import Annotated, Any, Self

from flask.typing import ResponseReturnValue
from pydantic import Field, StringConstraints, model_validator

from app.blueprints.api.answers import ContactList, ContactView, InviteView, PeopleList
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, Query, documented
from app.blueprints.identity import current_user_id
from app.blueprints.invite_link import invite_url
from app.domain.commands import Id
from app.services.contacts import ALIAS_CHARACTERS
from app.services.invites import invite_code, rotate_invite
from app.services.registry import services


class AddContact(Body):
    """Exactly one of the four."""

    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    handle: Annotated[str, StringConstraints(pattern=r"^@?[A-Za-z0-9_]{3,30}$")] | None = None
    invite: Id | None = None
    user: Id | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.phone, self.handle, self.invite, self.user)) != 1:
            raise ValueError("give one of phone, handle, invite and user")
        return self


class ChangeContact(Body):
    """What is absent stays as it is; ``alias`` null: the person's own name."""

    alias: Annotated[str, Field(max_length=ALIAS_CHARACTERS)] | None = None
    blocked: bool = False


class Search(Query):
    query: Annotated[str, Field(max_length=80)]


@api.get("/contacts")
@documented(answer=ContactList, refusals=(401,), tag="contacts")
def list_contacts() -> ResponseReturnValue:
    """One's contacts, and whom one blocked."""
    return {"contacts": services().contacts.overview(current_user_id())}


@api.post("/contacts")
@documented(json=AddContact, answer=ContactView, status=201, tag="contacts")
def add_contact(json: AddContact) -> ResponseReturnValue:
    """Add a person by number, handle, invite code or id."""
    return _add(current_user_id(), json), 201


@api.patch("/contacts/<string(length=22):user>")
@documented(json=ChangeContact, answer=ContactView, tag="contacts")
def change_contact(user: str, json: ChangeContact) -> ResponseReturnValue:
    """Name, block or unblock a person."""
    change: Any = json.model_dump(exclude_unset=True)
    return services().contacts.change(current_user_id(), user, change)


@api.delete("/contacts/<string(length=22):user>")
@documented(status=204, tag="contacts")
def remove_contact(user: str) -> ResponseReturnValue:
    """Take a person off one's contacts, until one of the two writes again. A block stays."""
    services().contacts.remove(current_user_id(), user)
    return "", 204


@api.get("/people")
@documented(query=Search, answer=PeopleList, refusals=(401, 429), tag="contacts")
def search_people(query: Search) -> ResponseReturnValue:
    """One's contacts by the beginning of a name, and anybody by their exact handle or number."""
    return {"people": services().contacts.search_people(current_user_id(), query.query)}


@api.get("/invite")
@documented(answer=InviteView, refusals=(401,), tag="contacts")
def get_invite() -> ResponseReturnValue:
    """One's own invite link."""
    return _invite(invite_code(current_user_id()))


@api.post("/invite/rotate")
@documented(answer=InviteView, refusals=(401, 429), tag="contacts")
def rotate() -> ResponseReturnValue:
    """A new invite link; the old one leads nowhere from now on."""
    user = current_user_id()
    services().limits.check("profile", user)
    return _invite(rotate_invite(user))


def _invite(code: str) -> ResponseReturnValue:
    return {"code": code, "url": invite_url(code)}


def _add(owner: str, asked: AddContact) -> dict[str, Any]:
    contacts = services().contacts
    if asked.phone is not None:
        return contacts.add_by_phone(owner, asked.phone)
    if asked.handle is not None:
        return contacts.add_by_handle(owner, asked.handle)
    if asked.invite is not None:
        return contacts.accept_invite(owner, asked.invite)
    assert asked.user is not None, "the model takes exactly one"
    return contacts.add_by_id(owner, asked.user)
