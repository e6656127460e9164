"""Everything a client needs to begin, in one request."""

import time

from flask import current_app
from flask.typing import ResponseReturnValue

from app.blueprints.api.answers import Bootstrap
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import documented
from app.blueprints.identity import current_account
from app.domain.notifications import Notifications
from app.services.announcements import announcement_view, running
from app.services.registry import services
from app.services.views import user_view


@api.get("/bootstrap")
@documented(answer=Bootstrap, refusals=(401,), tag="conversations")
def bootstrap() -> ResponseReturnValue:
    """Oneself, one's conversations and contacts, what one wants to be told of, and what one is told."""
    account = current_account()
    return {
        "me": {
            **user_view(account),
            "role": account.role,
            "makes_groups": services().switches.current().makes_groups(account.role),
        },
        "conversations": services().conversations.overview(account.id),
        "contacts": services().contacts.overview(account.id),
        "notifications": Notifications.of(account.notifications).to_wire(),
        "notices": services().notices.open_of(account.id),
        "announcements": [announcement_view(one) for one in running()],
        "announcements_closed": list(account.closed_announcements or ()),
        "server_time": int(time.time() * 1000),
        "sync_interval_minutes": current_app.extensions["settings"].sync_interval_minutes,
    }
