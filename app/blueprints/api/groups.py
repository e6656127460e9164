"""Groups: created."""

import uuid
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field

from app.blueprints.api.answers import ConversationView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, documented
from app.blueprints.identity import current_user_id
from app.domain.commands import ClientId, Id
from app.services.groups import GROUP_MEMBERS, TITLE_CHARACTERS
from app.services.registry import services


class CreateGroup(Body):
    """``users`` are contacts of the founder's. The same ``client_id`` again is the same group."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_CHARACTERS)]
    users: Annotated[list[Id], Field(max_length=GROUP_MEMBERS)]
    client_id: ClientId | None = None


@api.post("/groups")
@documented(json=CreateGroup, answer=ConversationView, status=201, refusals=(401, 409, 429, 503), tag="groups")
def create_group(json: CreateGroup) -> ResponseReturnValue:
    """Found a group with people among one's contacts."""
    client_id = json.client_id or str(uuid.uuid4())
    return services().groups.create(current_user_id(), json.title, json.users, client_id), 201
