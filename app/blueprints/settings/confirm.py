"""Settings: show once more that it is you, by a code or by Google; ``?next=`` is the page of ours that asked."""

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.asker import local_path
from app.blueprints.auth.google import is_configured, start_confirming
from app.blueprints.code_step import CodeForm, CodeStep
from app.blueprints.confirmation import note_confirmed
from app.blueprints.identity import current_account, current_user_id
from app.blueprints.settings.blueprint import blueprint, page
from app.domain.errors import ChatError, CodeRefused, NotFound
from app.services.phone_numbers import readable

STEP = CodeStep("confirm")
NEXT = "confirm_next"
ACCOUNT = "/settings/account"


@blueprint.get("/confirm")
def confirm() -> ResponseReturnValue:
    """The ways to confirm."""
    session[NEXT] = local_path(request.args.get("next")) or ACCOUNT
    return _page()


@blueprint.post("/confirm/phone")
def send_confirming_code() -> ResponseReturnValue:
    """Send a code to the account's own number."""
    phone = current_account().phone
    if not phone:
        raise NotFound
    try:
        STEP.send(phone, _purpose())
    except ChatError as error:
        return _page(error)
    return redirect(url_for("settings.confirming_code"), 303)


@blueprint.get("/confirm/code")
def confirming_code() -> ResponseReturnValue:
    if not STEP.is_waiting:
        return redirect(url_for("settings.confirm"))
    return _code_page()


@blueprint.post("/confirm/code")
def check_confirming_code() -> ResponseReturnValue:
    """The right code, and the number is still the account's: it is them."""
    if not STEP.is_waiting:
        return redirect(url_for("settings.confirm"), 303)
    try:
        if STEP.redeem(CodeForm.sent(), _purpose()) != current_account().phone:
            raise CodeRefused
    except ChatError as error:
        return _code_page(error) if STEP.is_waiting else _page(error)
    note_confirmed()
    return redirect(local_path(session.get(NEXT)) or ACCOUNT, 303)


@blueprint.post("/confirm/resend")
def resend_confirming_code() -> ResponseReturnValue:
    return STEP.resend_and_lead_on("settings.confirming_code", "settings.confirm", _code_page)


@blueprint.get("/confirm/google")
def confirm_with_google() -> ResponseReturnValue:
    """A link with the page's CSRF token, as for linking."""
    return start_confirming(local_path(session.get(NEXT)) or ACCOUNT)


def _purpose() -> str:
    return f"confirm:{current_user_id()}"


def _page(error: ChatError | None = None) -> ResponseReturnValue:
    user = current_account()
    return page(
        "confirm",
        error,
        phone=readable(user.phone) if user.phone else None,
        google=bool(user.google_sub) and is_configured(),
        back=local_path(session.get(NEXT)) or ACCOUNT,
    )


def _code_page(error: ChatError | None = None) -> ResponseReturnValue:
    return page("confirm_code", error, **STEP.page())
