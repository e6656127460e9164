"""What one wants to be told of."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from app.blueprints.api.answers import NotificationsView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, documented
from app.blueprints.identity import current_user_id
from app.domain.notifications import TIME_PATTERN
from app.services.conversations import LATEST_MS
from app.services.registry import services

Time = Annotated[str, StringConstraints(pattern=TIME_PATTERN)]


class QuietDaily(Body):
    """Times are ``HH:MM`` in the time zone of this name (IANA's); over midnight where ``ends`` is the earlier."""

    begins: Time
    ends: Time
    zone: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ChangeNotifications(Body):
    """What is absent stays as it is; null ends what is quiet."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    show_text: bool = True
    quiet_until: Annotated[int, Field(ge=0, le=LATEST_MS)] | None = None
    quiet_daily: QuietDaily | None = None


@api.get("/me/notifications")
@documented(answer=NotificationsView, refusals=(401,), tag="me")
def notifications() -> Any:
    """What one wants to be told of, on all one's devices."""
    return services().notifications.of(current_user_id())


@api.patch("/me/notifications")
@documented(json=ChangeNotifications, answer=NotificationsView, refusals=(401, 429), tag="me")
def change_notifications(json: ChangeNotifications) -> Any:
    """Change it; one's other devices hear of it at once."""
    change: Any = json.model_dump(exclude_unset=True)
    return services().notifications.change(current_user_id(), change)
