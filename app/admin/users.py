"""The dashboard's pages of people: find an account, see what there is of it, act on it."""

from typing import Annotated, Any, Literal

from flask import url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from app.admin.changes import change
from app.admin.view import CURSOR_CHARACTERS, POST, SUBJECT, TEXT_CHARACTERS, AdminView, Asked, TypedForm, expose
from app.blueprints.forms import Form
from app.domain.errors import ChatError
from app.services.account_control import phrase_for
from app.services.account_search import State
from app.services.registry import services


class Search(Asked):
    q: Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)] = ""
    state: State = "all"
    after: Annotated[str, StringConstraints(max_length=CURSOR_CHARACTERS)] | None = None


class RoleForm(Form):
    role: Literal["member", "admin"]


class UsersView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Everybody, or those who are searched for; the newest first."""
        search = Search.here()
        found, following = services().account_search.find(search.q, search.state, search.after)
        return self.show("users", search=search, found=found, following=following)

    @expose(f"/{SUBJECT}")
    def person(self, subject: str) -> ResponseReturnValue:
        """One account."""
        return self.page(subject)

    @expose(f"/{SUBJECT}/disable", methods=POST)
    @change("account_disabled")
    def disable(self, subject: str, details: dict[str, Any]) -> None:
        details["devices"] = services().account_control.disable(subject)

    @expose(f"/{SUBJECT}/enable", methods=POST)
    @change("account_enabled")
    def enable(self, subject: str, details: dict[str, Any]) -> None:
        services().account_control.enable(subject)

    @expose(f"/{SUBJECT}/sign-out", methods=POST)
    @change("signed_out_everywhere")
    def sign_out(self, subject: str, details: dict[str, Any]) -> None:
        details["devices"] = services().account_control.sign_out(subject)

    @expose(f"/{SUBJECT}/google/unlink", methods=POST)
    @change("google_unlinked")
    def unlink_google(self, subject: str, details: dict[str, Any]) -> None:
        services().account_control.unlink_google(subject)

    @expose(f"/{SUBJECT}/passkeys/remove", methods=POST)
    @change("passkeys_removed")
    def remove_passkeys(self, subject: str, details: dict[str, Any]) -> None:
        details["passkeys"] = services().account_control.remove_passkeys(subject)

    @expose(f"/{SUBJECT}/role", methods=POST)
    @change("role_changed")
    def change_role(self, subject: str, details: dict[str, Any]) -> None:
        details["role"] = RoleForm.sent().role
        if details["role"] == "admin":
            services().administrators.grant(subject)
        else:
            services().administrators.revoke(subject)

    @expose(f"/{SUBJECT}/export", methods=POST)
    @change("export_asked")
    def export(self, subject: str, details: dict[str, Any]) -> None:
        services().account_control.export(subject)

    @expose(f"/{SUBJECT}/delete", methods=POST)
    @change("deletion_asked")
    def delete(self, subject: str, details: dict[str, Any]) -> None:
        details["on"] = services().account_control.delete(subject)

    @expose(f"/{SUBJECT}/keep", methods=POST)
    @change("account_kept")
    def keep(self, subject: str, details: dict[str, Any]) -> None:
        services().account_control.keep(subject)

    @expose(f"/{SUBJECT}/delete-now", methods=POST)
    @change("deleted_at_once")
    def delete_at_once(self, subject: str, details: dict[str, Any]) -> None:
        services().account_control.delete_at_once(subject, TypedForm.sent().typed)

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        profile = services().account_search.profile(subject)
        return self.show(
            "person",
            error,
            profile=profile,
            phrase=phrase_for(profile.user),
            export=services().exports.status(subject)["state"],
        )

    def path(self, subject: str, done: str) -> str:
        return url_for("admin_people.person", subject=subject, done=done)
