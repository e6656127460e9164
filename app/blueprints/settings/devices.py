"""Settings > Devices: where one is signed in."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.identity import current_device_id, current_user_id
from app.blueprints.settings.blueprint import blueprint, page
from app.domain.ids import ID_LENGTH
from app.services.registry import services
from app.services.views import device_view


@blueprint.get("/devices")
def devices() -> ResponseReturnValue:
    """Every device that is signed in, this one marked."""
    current = current_device_id()
    listed = [device_view(device, current) for device in services().devices.of(current_user_id())]
    return page("devices", devices=listed)


@blueprint.post(f"/devices/<string(length={ID_LENGTH}):device>/sign-out")
def sign_out_device(device: str) -> ResponseReturnValue:
    """Sign one device out."""
    services().devices.sign_out(current_user_id(), device)
    return redirect(url_for("settings.devices"), 303)


@blueprint.post("/devices/sign-out-others")
def sign_out_others() -> ResponseReturnValue:
    """Sign every device out but this one."""
    services().devices.sign_out_all(current_user_id(), but=current_device_id())
    return redirect(url_for("settings.devices"), 303)
