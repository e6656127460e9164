"""Signing in with a telephone number and a code."""

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.blueprints.asker import local_path
from app.blueprints.auth.blueprint import blueprint
from app.blueprints.auth.google import is_configured
from app.blueprints.code_step import CodeForm, CodeStep, NumberForm
from app.blueprints.forms import refusal
from app.blueprints.guards import allow_guest
from app.blueprints.identity import landing, sign_in_browser
from app.blueprints.languages import language
from app.domain.errors import ChatError
from app.services.codes import SIGN_IN
from app.services.phone_numbers import countries
from app.services.registry import services

STEP = CodeStep("sign_in")
NEXT = "next"


@blueprint.get("/sign-in")
@allow_guest
def sign_in() -> ResponseReturnValue:
    """The page with the ways in. ``?next=`` is a page of ours to go to afterwards."""
    wanted = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted or "/")
    return _number_page(wanted or "")


@blueprint.post("/sign-in/phone")
@allow_guest
def send_code() -> ResponseReturnValue:
    """Send a code to the number; the same answer whether or not somebody has an account with it."""
    try:
        form = NumberForm.sent()
        STEP.begin(form, SIGN_IN)
    except ChatError as error:
        return _number_page(local_path(request.form.get("next")) or "", error)
    session[NEXT] = local_path(form.next) or "/"
    return redirect(url_for("auth.code"), 303)


@blueprint.get("/sign-in/code")
@allow_guest
def code() -> ResponseReturnValue:
    """The page that asks for the code."""
    if not STEP.is_waiting:
        return redirect(url_for("auth.sign_in"))
    return _code_page()


@blueprint.post("/sign-in/code")
@allow_guest
def check_code() -> ResponseReturnValue:
    """Sign in, if the code is right."""
    if not STEP.is_waiting:
        return redirect(url_for("auth.sign_in"), 303)
    try:
        user = services().accounts.sign_in_by_phone(STEP.redeem(CodeForm.sent(), SIGN_IN))
    except ChatError as error:
        return _code_page(error) if STEP.is_waiting else _number_page("", error)
    wanted = session.get(NEXT)
    sign_in_browser(user)
    return redirect(landing(user, wanted), 303)


@blueprint.post("/sign-in/resend")
@allow_guest
def resend() -> ResponseReturnValue:
    """Send a new code."""
    return STEP.resend_and_lead_on("auth.code", "auth.sign_in", _code_page)


def _number_page(wanted: str, error: ChatError | None = None) -> ResponseReturnValue:
    settings = current_app.extensions["settings"]
    return render_template(
        "auth/sign_in.html",
        countries=countries(language()),
        region=request.form.get("region") or settings.default_country,
        number=request.form.get("number", ""),
        next=wanted,
        google=is_configured(),
        phone_sign_in=settings.phone_sign_in,
        error=refusal(error),
    ), error.status if error else 200


def _code_page(error: ChatError | None = None) -> ResponseReturnValue:
    page = render_template("auth/code.html", error=refusal(error), **STEP.page())
    return page, error.status if error else 200
