"""Requests: chats that somebody began whom one does not know."""

from flask.typing import ResponseReturnValue

from app.blueprints.api.answers import ConversationView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import documented
from app.blueprints.identity import current_user_id
from app.services.registry import services


@api.post("/conversations/<string(length=22):conversation>/request/acceptance")
@documented(answer=ConversationView, tag="conversations")
def accept_request(conversation: str) -> ResponseReturnValue:
    """Let whoever wrote first write to one."""
    return services().requests.accept(current_user_id(), conversation)


@api.delete("/conversations/<string(length=22):conversation>/request")
@documented(status=204, tag="conversations")
def decline_request(conversation: str) -> ResponseReturnValue:
    """Have the request gone; they are not told."""
    services().requests.decline(current_user_id(), conversation)
    return "", 204
