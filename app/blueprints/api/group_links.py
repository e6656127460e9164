"""Links by which people join a group."""

from typing import Annotated, Literal

from flask.typing import ResponseReturnValue

from app.blueprints.api.answers import ConversationView
from app.blueprints.api.blueprint import api
from app.blueprints.api.group_answers import GroupLinkList, GroupLinkView, GroupPreview
from app.blueprints.api.openapi import Body, documented
from app.blueprints.asker import address
from app.blueprints.identity import current_user_id
from app.blueprints.invite_link import group_url
from app.domain.group_settings import NumberOnly
from app.services.group_links import link_view
from app.services.registry import services

LINK_REFUSALS = (401, 403, 404, 409, 429)
LINK = "<string(length=22):token>"


class MakeLink(Body):
    """``life_seconds`` null: it never expires; ``most_uses`` null: any number of people may come by it."""

    life_seconds: Literal[3600, 86400, 604800] | None = None
    most_uses: Annotated[Literal[1, 10, 100], NumberOnly] | None = None


@api.get("/groups/<string(length=22):conversation>/links")
@documented(answer=GroupLinkList, refusals=(401, 403, 404), tag="groups")
def list_group_links(conversation: str) -> ResponseReturnValue:
    """The group's links that work: all for its admins, one's own for others who may add people."""
    links = services().group_links.overview(current_user_id(), conversation)
    return {"links": [link_view(link, group_url(link.id)) for link in links]}


@api.post("/groups/<string(length=22):conversation>/links")
@documented(json=MakeLink, answer=GroupLinkView, status=201, refusals=LINK_REFUSALS, tag="groups")
def make_group_link(json: MakeLink, conversation: str) -> ResponseReturnValue:
    """Make an invite link. Whoever has it can join, until it expires, is used up or revoked."""
    link = services().group_links.make(current_user_id(), conversation, json.life_seconds, json.most_uses)
    return link_view(link, group_url(link.id)), 201


@api.delete(f"/groups/<string(length=22):conversation>/links/{LINK}")
@documented(status=204, refusals=(401, 403, 404), tag="groups")
def revoke_group_link(conversation: str, token: str) -> ResponseReturnValue:
    """Revoke an invite link: it leads nowhere from now on."""
    services().group_links.revoke(current_user_id(), conversation, token)
    return "", 204


@api.get(f"/group-links/{LINK}")
@documented(answer=GroupPreview, refusals=(401, 404, 410, 429), tag="groups")
def look_at_group_link(token: str) -> ResponseReturnValue:
    """Where an invite link leads. 410: it works no more, and ``details.reason`` says why."""
    _, group, members = services().group_links.look(token, address())
    return {"title": group.title or "", "description": group.description or "", "members": members}


@api.post(f"/group-links/{LINK}/joining")
@documented(answer=ConversationView, refusals=(401, 403, 404, 409, 410, 429, 503), tag="groups")
def join_by_group_link(token: str) -> ResponseReturnValue:
    """Join a group by its link. Asking again is the same joining."""
    return services().group_links.join(current_user_id(), token)
