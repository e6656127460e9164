"""Groups: founded and changed. Who may do what: ``app/domain/permissions.py``."""

import uuid
from typing import Annotated, Self

from flask.typing import ResponseReturnValue
from pydantic import Field, model_validator

from app.blueprints.api.answers import ConversationView
from app.blueprints.api.blueprint import api
from app.blueprints.api.group_answers import RetentionPreview
from app.blueprints.api.openapi import Body, Query, documented
from app.blueprints.api.uploads import uploaded_photo
from app.blueprints.identity import current_user_id
from app.blueprints.security import accepts_photo
from app.domain.commands import ClientId, Id
from app.domain.group_settings import KeepDays, SettingsChange, SlowSeconds, Whose
from app.domain.membership import DESCRIPTION_CHARACTERS, GROUP_MEMBERS
from app.domain.permissions import Role
from app.domain.retention import MOST_DAYS
from app.services.groups import TITLE_CHARACTERS
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


class ChangeGroup(Once):
    """One of the two; an empty ``description`` takes it away."""

    title: Title | None = None
    description: Annotated[str, Field(max_length=2 * DESCRIPTION_CHARACTERS)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.title is None) == (self.description is None):
            raise ValueError("give one of title and description")
        return self


class ChangeSettings(Once):
    """What is absent stays as it is. ``slow_seconds``: how long a member waits between two messages. ``keep_days``: after so many days
    messages are not kept any more, 0: as everywhere here; it stands for a day before it deletes anything."""

    posts: Whose | None = None
    adds: Whose | None = None
    slow_seconds: SlowSeconds | None = None
    keep_days: KeepDays | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if {self.posts, self.adds, self.slow_seconds, self.keep_days} == {None}:
            raise ValueError("give at least one setting")
        return self


class OnceQuery(Query):
    """The same ``client_id`` again is the same change, and answered alike."""

    client_id: ClientId | None = None


class KeepQuery(Query):
    """``days``: as ``keep_days`` of the settings."""

    days: Annotated[int, Field(ge=0, le=MOST_DAYS)]


class DeleteGroup(Once):
    """``title`` is what the group is called, as proof that it is meant."""

    title: Annotated[str, Field(max_length=2 * TITLE_CHARACTERS)]


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
@documented(json=ChangeGroup, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def change_group(json: ChangeGroup, conversation: str) -> ResponseReturnValue:
    """Change the group's title or its description."""
    groups, user = services().groups, current_user_id()
    if json.title is not None:
        return groups.rename(user, conversation, json.title, _once(json))
    return groups.describe(user, conversation, json.description or "", _once(json))


@api.put("/groups/<string(length=22):conversation>/photo")
@accepts_photo
@documented(query=OnceQuery, answer=ConversationView, refusals=(*CHANGE_REFUSALS, 413), tag="groups")
def put_group_photo(query: OnceQuery, conversation: str) -> ResponseReturnValue:
    """Change the group's photo: PNG, JPEG, WebP or GIF as the raw body or as ``photo`` in a multipart form."""
    return services().groups.picture(current_user_id(), conversation, uploaded_photo(), _once(query))


@api.delete("/groups/<string(length=22):conversation>/photo")
@documented(query=OnceQuery, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def delete_group_photo(query: OnceQuery, conversation: str) -> ResponseReturnValue:
    """Show no photo of the group."""
    return services().groups.picture(current_user_id(), conversation, None, _once(query))


@api.patch("/groups/<string(length=22):conversation>/settings")
@documented(json=ChangeSettings, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def change_group_settings(json: ChangeSettings, conversation: str) -> ResponseReturnValue:
    """Change who may write and add people, how long a member waits between two messages, and how long these are kept."""
    change = SettingsChange(posts=json.posts, adds=json.adds, slow_seconds=json.slow_seconds, keep_days=json.keep_days)
    return services().groups.set(current_user_id(), conversation, change, _once(json))


@api.get("/groups/<string(length=22):conversation>/retention")
@documented(query=KeepQuery, answer=RetentionPreview, refusals=(401, 403, 404, 422, 429, 503), tag="groups")
def preview_retention(query: KeepQuery, conversation: str) -> ResponseReturnValue:
    """What would go if messages were kept for so many days here, and from when on."""
    return services().groups.preview_retention(current_user_id(), conversation, query.days)


@api.post("/groups/<string(length=22):conversation>/deletion")
@documented(json=DeleteGroup, answer=ConversationView, refusals=CHANGE_REFUSALS, tag="groups")
def delete_group(json: DeleteGroup, conversation: str) -> ResponseReturnValue:
    """Delete the group for all. Everybody keeps what was said before; nothing comes after."""
    return services().groups.close(current_user_id(), conversation, json.title, _once(json))


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


def _once(json: Once | OnceQuery) -> str:
    return json.client_id or str(uuid.uuid4())
