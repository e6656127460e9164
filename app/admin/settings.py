"""The dashboard's page of what is allowed in all of this Chatter."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field, StringConstraints

from app.admin.changes import change
from app.admin.view import POST, SUBJECT, AdminView, Asked, expose
from app.blueprints.forms import Form
from app.blueprints.identity import current_user_id
from app.domain.errors import ChatError, Invalid, NotFound
from app.domain.ids import derived_id
from app.domain.membership import GROUP_MEMBERS
from app.domain.retention import MOST_DAYS, STANDS_MS
from app.domain.switches import LEAST_MEMBERS, Founders, Switches
from app.models.accounts import now
from app.services.registry import services

INSTALLATION = derived_id("installation")
"""What is changed here, as the audit log names it."""


class SwitchesForm(Form):
    sign_up: Literal["open", "closed"]
    groups: Founders
    group_members: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]

    def switches(self) -> Switches:
        """What was chosen. Raises Invalid."""
        members = int(self.group_members)
        if not LEAST_MEMBERS <= members <= GROUP_MEMBERS:
            raise Invalid(f"A group has room for {LEAST_MEMBERS} to {GROUP_MEMBERS:,} members.")
        return Switches(self.sign_up == "open", self.groups, members)


class Days(Asked):
    days: Annotated[int, Field(ge=0, le=MOST_DAYS)]


class KeepForm(Form):
    days: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]


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
        details |= {"sign_up": sent.sign_up, "groups": sent.groups, "group_members": sent.group_members}
        services().switches.change(sent.switches())

    @expose("/retention")
    def retention(self) -> ResponseReturnValue:
        """What would go if messages were kept for so many days, before it is so."""
        if "days" not in request.args:
            return redirect(url_for("admin_settings.index"))
        services().limits.check("administer", current_user_id())
        try:
            days = Days.here().days
        except Invalid as error:
            return self.page(INSTALLATION, error)
        found = services().retention.preview(days)
        begins, oldest = now() + timedelta(milliseconds=STANDS_MS), _moment(found.oldest)
        return self.show("retention", days=days, found=found, subject=INSTALLATION, begins=begins, oldest=oldest)

    @expose(f"/{SUBJECT}/keep", methods=POST)
    @change("retention_changed")
    def keep(self, subject: str, details: dict[str, Any]) -> None:
        if subject != INSTALLATION:
            raise NotFound
        days = int(KeepForm.sent().days)
        details |= {"days": days, "before": services().retention.policy.current().days}
        services().retention.policy.change(days)

    @expose(f"/{SUBJECT}/keep-back", methods=POST)
    @change("retention_taken_back")
    def take_back(self, subject: str, details: dict[str, Any]) -> None:
        if subject != INSTALLATION:
            raise NotFound
        details |= {"days": services().retention.policy.current().next_days}
        services().retention.policy.take_back()

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        if subject != INSTALLATION:
            raise NotFound
        policy = services().retention.policy.current()
        shown = {
            "policy": policy,
            "begins": _moment(policy.next_at),
            "most_days": MOST_DAYS,
            "most_members": GROUP_MEMBERS,
        }
        return self.show("settings", error, switches=services().switches.current(), subject=INSTALLATION, **shown)

    def path(self, subject: str, done: str) -> str:
        return url_for("admin_settings.index", done=done)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
