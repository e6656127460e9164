"""Settings: delete one's account, or keep it after all."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.asker import local_path
from app.blueprints.confirmation import is_confirmed
from app.blueprints.identity import current_account, current_device_id, current_user_id
from app.blueprints.languages import day_words
from app.blueprints.settings.blueprint import blueprint, page
from app.domain.errors import ChatError
from app.services.registry import services

CONFIRM = "/settings/confirm?next=/settings/account/deletion"


@blueprint.get("/account/deletion")
def deletion() -> ResponseReturnValue:
    """What deleting means; or when it will be, and how to keep the account."""
    return _page()


@blueprint.post("/account/deletion")
def delete_account() -> ResponseReturnValue:
    """Delete it in a week: asked by somebody who confirmed it just now. Every other device is signed out."""
    if not is_confirmed():
        return redirect(CONFIRM, 303)
    try:
        services().deletions.ask(current_user_id())
    except ChatError as error:
        return _page(error)
    services().devices.sign_out_all(current_user_id(), but=current_device_id())
    return redirect(url_for("settings.deletion"), 303)


@blueprint.post("/account/deletion/keep")
def keep_account() -> ResponseReturnValue:
    try:
        services().deletions.keep(current_user_id())
    except ChatError as error:
        return _page(error)
    return redirect(local_path(request.form.get("next")) or "/", 303)


def _page(error: ChatError | None = None) -> ResponseReturnValue:
    at = current_account().deletion_at
    return page(
        "deletion",
        error,
        deletion_at=day_words(at, with_year=True) if at else None,
        confirmed=is_confirmed(),
        confirm=CONFIRM,
        next=local_path(request.args.get("next")) or "/",
    )
