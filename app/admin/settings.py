"""The dashboard's page of what is allowed in all of this Chatter."""

from typing import Any, Literal

from flask import url_for
from flask.typing import ResponseReturnValue

from app.admin.changes import change
from app.admin.view import POST, SUBJECT, AdminView, expose
from app.blueprints.forms import Form
from app.domain.errors import ChatError, NotFound
from app.domain.ids import derived_id
from app.domain.switches import Founders, Switches
from app.services.registry import services

INSTALLATION = derived_id("installation")
"""What is changed here, as the audit log names it."""


class SwitchesForm(Form):
    sign_up: Literal["open", "closed"]
    groups: Founders


class SettingsView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What is allowed now."""
        return self.page(INSTALLATION)

    @expose(f"/{SUBJECT}/change", methods=POST)
    @change("settings_changed")
    def change_settings(self, subject: str, details: dict[str, Any]) -> None:
        if subject != INSTALLATION:
            raise NotFound
        sent = SwitchesForm.sent()
        details |= {"sign_up": sent.sign_up, "groups": sent.groups}
        services().switches.change(Switches(sent.sign_up == "open", sent.groups))

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        if subject != INSTALLATION:
            raise NotFound
        return self.show("settings", error, switches=services().switches.current(), subject=INSTALLATION)

    def path(self, subject: str, done: str) -> str:
        return url_for("admin_settings.index", done=done)
