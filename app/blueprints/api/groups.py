"""Groups: founded and changed. Who may do what: ``app/domain/permissions.py``."""

import uuid
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field

from app.blueprints.api.answers import ConversationView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, documented
from app.blueprints.identity import current_user_id
from app.domain.commands import ClientId, Id
from app.domain.permissions import Role
from app.services.groups import GROUP_MEMBERS, TITLE_CHARACTERS
from app.services.registry import services

CHANGE_REFUSALS = (401, 403, 404, 409, 429, 503)

Title = Annotated[str, Field(min_length=1, max_length=TITLE_CHARACTERS)]
Users = Annotated[list[Id], Field(max_length=GROUP_MEMBERS)]


class Once(Body):
    """The same ``client_id`` again is the same change, and answered alike."""

    client_id: ClientId | None = None


class CreateGroup(Once):
    """``users`` are contacts of the founder's. The same ``client_id`` again is the same group."""

    title: Title
    users: Users


class RenameGroup(Once):
    title: Title


class AddMembers(Once):
    """``users`` are contacts of whoever asks."""

    users: Users


class AppointMember(Once):
    role: Role


@api.post("/groups")
@documented(json=CreateGroup, answer=ConversationView, status=201, refusals=(401, 403, 409, 429, 503), tag="groups")
def create_group(json: CreateGroup) -> ResponseReturnValue:
    """Found a group with people among one's contacts."""
    return services().groups.create(current_user_id(), json.title, json.users, _once(json)), 201


@api.patch("/groups/<string(length=22):conversation>")
@documented(json=RenameGroup, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def rename_group(json: RenameGroup, conversation: str) -> ResponseReturnValue:
    """Change the group's title."""
    return services().groups.rename(current_user_id(), conversation, json.title, _once(json))


@api.post("/groups/<string(length=22):conversation>/members")
@documented(json=AddMembers, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def add_members(json: AddMembers, conversation: str) -> ResponseReturnValue:
    """Bring contacts into the group. They see it from here on."""
    return services().groups.add(current_user_id(), conversation, json.users, _once(json))


@api.patch("/groups/<string(length=22):conversation>/members/<string(length=22):user>")
@documented(json=AppointMember, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def appoint_member(json: AppointMember, conversation: str, user: str) -> ResponseReturnValue:
    """Give a member a role; a new owner makes the old one an admin."""
    return services().groups.appoint(current_user_id(), conversation, user, json.role, _once(json))


@api.post("/groups/<string(length=22):conversation>/members/<string(length=22):user>/removal")
@documented(json=Once, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def remove_member(json: Once, conversation: str, user: str) -> ResponseReturnValue:
    """Take a member out of the group. They keep what came before."""
    return services().groups.remove(current_user_id(), conversation, user, _once(json))


@api.post("/groups/<string(length=22):conversation>/leaving")
@documented(json=Once, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def leave_group(json: Once, conversation: str) -> ResponseReturnValue:
    """Leave the group and keep what came before. An owner hands it over first."""
    return services().groups.leave(current_user_id(), conversation, _once(json))


def _once(json: Once) -> str:
    return json.client_id or str(uuid.uuid4())
