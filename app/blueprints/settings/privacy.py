"""Settings > Privacy and Notifications; what is chosen there goes through the API."""

from flask.typing import ResponseReturnValue

from app.blueprints.identity import current_user_id
from app.blueprints.settings.blueprint import blueprint, page
from app.services.registry import services


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What one gives away, and whom one blocked."""
    read_by_administrators = services().conversation_reading.allowed
    return page(
        "privacy", privacy=services().privacy.of(current_user_id()), read_by_administrators=read_by_administrators
    )


@blueprint.get("/notifications")
def notifications() -> ResponseReturnValue:
    """What one wants to be told of, here and on all devices."""
    return page("notifications")
