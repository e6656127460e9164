"""Settings > Profile and Appearance."""

from typing import Annotated

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from app.blueprints.forms import Form
from app.blueprints.identity import current_user_id
from app.blueprints.profile_photos import change_photo, remove_photo
from app.blueprints.security import accepts_photo
from app.blueprints.settings.blueprint import blueprint, page
from app.domain.errors import ChatError, Invalid
from app.services.registry import services

Line = Annotated[str, StringConstraints(max_length=1_000)]
NO_PICTURE = "Choose a picture first."


class ProfileForm(Form):
    name: Line
    handle: Line
    about: Line
    met_in_groups: Annotated[str, StringConstraints(max_length=3)] = ""


@blueprint.get("")
@blueprint.get("/")
def index() -> ResponseReturnValue:
    return redirect(url_for("settings.profile"))


@blueprint.get("/profile")
def profile() -> ResponseReturnValue:
    """Name, handle, photo, about."""
    return page("profile")


@blueprint.get("/appearance")
def appearance() -> ResponseReturnValue:
    """Theme and text size; kept by the browser, not by the server."""
    return page("appearance")


@blueprint.post("/profile")
def save_profile() -> ResponseReturnValue:
    """Take the whole form; an empty handle gives it up."""
    try:
        form = ProfileForm.sent()
        services().limits.check("profile", current_user_id())
        services().accounts.change_profile(
            current_user_id(),
            name=form.name,
            handle=form.handle.strip(),
            about=form.about,
            met_in_groups=form.met_in_groups != "",
        )
    except ChatError as error:
        return page("profile", error)
    return redirect(url_for("settings.profile"), 303)


@blueprint.post("/photo")
@accepts_photo
def save_photo() -> ResponseReturnValue:
    """Take a new photo from a form."""
    upload = request.files.get("photo")
    try:
        if upload is None or not upload.filename:
            raise Invalid(NO_PICTURE, fields={"photo": NO_PICTURE})
        change_photo(current_user_id(), upload.read())
    except ChatError as error:
        return page("profile", error)
    return redirect(url_for("settings.profile"), 303)


@blueprint.post("/photo/remove")
def drop_photo() -> ResponseReturnValue:
    remove_photo(current_user_id())
    return redirect(url_for("settings.profile"), 303)
