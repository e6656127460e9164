"""One's devices."""

from typing import Any

from app.blueprints.api.account_answers import DeviceView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, documented
from app.blueprints.identity import current_device_id, current_user_id
from app.domain.ids import ID_LENGTH
from app.services.registry import services
from app.services.views import device_view


class DevicesAnswer(Answer):
    """The devices that are signed in, the last heard of first."""

    devices: list[DeviceView]


class SignedOutAnswer(Answer):
    """How many devices were signed out."""

    signed_out: int


@api.get("/devices")
@documented(answer=DevicesAnswer, refusals=(401,), tag="devices")
def list_devices() -> Any:
    """Where one is signed in."""
    current = current_device_id()
    return {"devices": [device_view(device, current) for device in services().devices.of(current_user_id())]}


@api.delete(f"/devices/<string(length={ID_LENGTH}):device>")
@documented(status=204, refusals=(401, 404), tag="devices")
def sign_out_device(device: str) -> Any:
    """Sign one device out: its session, tokens and sockets end."""
    services().devices.sign_out(current_user_id(), device)
    return "", 204


@api.post("/devices/sign-out-others")
@documented(answer=SignedOutAnswer, refusals=(401,), tag="devices")
def sign_out_other_devices() -> Any:
    """Sign every device out but the one that asks."""
    gone = services().devices.sign_out_all(current_user_id(), but=current_device_id())
    return {"signed_out": gone}
