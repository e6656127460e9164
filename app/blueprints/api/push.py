"""Being told by push, on the device that asks."""

from typing import Annotated, Any

from pydantic import Field

from app.blueprints.api.answers import PushView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, documented
from app.blueprints.identity import current_device_id, current_user_id
from app.services.outgoing import URL_CHARACTERS
from app.services.registry import services


class PushKeys(Body):
    """The browser's public key and secret, in base64url."""

    p256dh: Annotated[str, Field(min_length=80, max_length=100)]
    auth: Annotated[str, Field(min_length=20, max_length=30)]


class SubscribePush(Body):
    """A browser's ``PushSubscription`` as it turns itself into JSON."""

    endpoint: Annotated[str, Field(min_length=10, max_length=URL_CHARACTERS)]
    keys: PushKeys
    expirationTime: float | int | None = None


@api.get("/me/push")
@documented(answer=PushView, refusals=(401,), tag="me")
def push() -> Any:
    """Where this device is told of messages while Chatter is closed, and the key to subscribe with."""
    return _push()


@api.post("/me/push")
@documented(json=SubscribePush, answer=PushView, refusals=(401, 429), tag="me")
def subscribe_push(json: SubscribePush) -> Any:
    """Tell this device from now on, at the endpoint that its browser was given."""
    services().push.subscriptions.subscribe(
        current_user_id(), current_device_id(), json.endpoint, json.keys.p256dh, json.keys.auth
    )
    return _push()


@api.delete("/me/push")
@documented(status=204, refusals=(401,), tag="me")
def unsubscribe_push() -> Any:
    """Tell this device nothing more."""
    services().push.subscriptions.unsubscribe(current_user_id(), current_device_id())
    return "", 204


def _push() -> dict[str, Any]:
    endpoint = services().push.subscriptions.endpoint_of(current_user_id(), current_device_id())
    return {"public_key": services().push.vapid.public_key, "endpoint": endpoint}
