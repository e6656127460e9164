"""The first visit: a name, and a photo if one likes."""

from typing import Annotated

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from app.blueprints.asker import local_path
from app.blueprints.auth.blueprint import blueprint
from app.blueprints.forms import Form, refusal
from app.blueprints.guards import allow_first_visit
from app.blueprints.identity import current_account, current_user_id
from app.blueprints.profile_photos import change_photo
from app.blueprints.security import accepts_photo
from app.domain.errors import ChatError
from app.services.registry import services


class WelcomeForm(Form):
    name: Annotated[str, StringConstraints(max_length=200)]
    next: Annotated[str, StringConstraints(max_length=500)] = ""


@blueprint.get("/welcome")
@allow_first_visit
def welcome() -> ResponseReturnValue:
    """The page of the first visit; people who have been here before are sent on."""
    wanted = local_path(request.args.get("next")) or "/"
    if current_account().onboarded_at is not None:
        return redirect(wanted)
    return _page(current_account().name, wanted)


@blueprint.post("/welcome")
@allow_first_visit
@accepts_photo
def begin() -> ResponseReturnValue:
    """Take the name (and the photo), and let them in."""
    wanted = local_path(request.form.get("next")) or "/"
    try:
        form = WelcomeForm.sent()
        upload = request.files.get("photo")
        if upload is not None and upload.filename:
            change_photo(current_user_id(), upload.read())
        services().accounts.onboard(current_user_id(), form.name)
    except ChatError as error:
        return _page(request.form.get("name", ""), wanted, error)
    return redirect(wanted, 303)


def _page(name: str, wanted: str, error: ChatError | None = None) -> ResponseReturnValue:
    page = render_template("auth/welcome.html", name=name, next=wanted, error=refusal(error))
    return page, error.status if error else 200
