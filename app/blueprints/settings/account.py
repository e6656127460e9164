"""Settings > Account: the ways to sign in."""

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.auth.google import is_configured, start_linking
from app.blueprints.code_step import CodeForm, CodeStep, NumberForm
from app.blueprints.identity import current_account, current_user_id
from app.blueprints.languages import day_words, language
from app.blueprints.settings.blueprint import blueprint, page
from app.domain.errors import ChatError
from app.services.phone_numbers import countries, readable
from app.services.registry import services

STEP = CodeStep("link_phone")


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Which ways in there are, and how to add or take away one."""
    return _page()


@blueprint.get("/account/phone")
def phone() -> ResponseReturnValue:
    """The page that asks which number to link."""
    return _number_page()


@blueprint.post("/account/phone")
def link_phone() -> ResponseReturnValue:
    """Send a code to the number that is to be linked."""
    try:
        STEP.begin(NumberForm.sent(), _purpose())
    except ChatError as error:
        return _number_page(error)
    return redirect(url_for("settings.phone_code"), 303)


@blueprint.get("/account/phone/code")
def phone_code() -> ResponseReturnValue:
    """The page that asks for the code."""
    return _code_page() if STEP.is_waiting else redirect(url_for("settings.account"))


@blueprint.post("/account/phone/code")
def check_phone_code() -> ResponseReturnValue:
    """Link the number, if the code is right."""
    if not STEP.is_waiting:
        return redirect(url_for("settings.account"), 303)
    try:
        services().accounts.link_phone(current_user_id(), STEP.redeem(CodeForm.sent(), _purpose()))
    except ChatError as error:
        return _code_page(error) if STEP.is_waiting else _number_page(error)
    return redirect(url_for("settings.account"), 303)


@blueprint.post("/account/phone/resend")
def resend_phone_code() -> ResponseReturnValue:
    """Send a new code."""
    return STEP.resend_and_lead_on("settings.phone_code", "settings.account", _code_page)


@blueprint.post("/account/phone/unlink")
def unlink_phone() -> ResponseReturnValue:
    """Take the number off the account, unless nothing else leads in."""
    try:
        services().accounts.unlink_phone(current_user_id())
    except ChatError as error:
        return _page(error)
    return redirect(url_for("settings.account"), 303)


@blueprint.get("/account/google")
def link_google() -> ResponseReturnValue:
    """Send the owner to Google, to link who comes back. ``?token=`` is the page's CSRF token."""
    return start_linking()


@blueprint.post("/account/google/unlink")
def unlink_google() -> ResponseReturnValue:
    """Take Google off the account, unless nothing else leads in."""
    try:
        services().accounts.unlink_google(current_user_id())
    except ChatError as error:
        return _page(error)
    return redirect(url_for("settings.account"), 303)


def _purpose() -> str:
    """A code to link a number counts for the account that asked, and is none to sign in with."""
    return f"link:{current_user_id()}"


def _page(error: ChatError | None = None) -> ResponseReturnValue:
    user = current_account()
    return page(
        "account",
        error,
        phone=readable(user.phone) if user.phone else None,
        google=is_configured(),
        deletion_at=day_words(user.deletion_at) if user.deletion_at else None,
        google_email=(user.email or "Linked") if user.google_sub else None,
    )


def _number_page(error: ChatError | None = None) -> ResponseReturnValue:
    region = request.form.get("region") or current_app.extensions["settings"].default_country
    return page("phone", error, countries=countries(language()), region=region, number=request.form.get("number", ""))


def _code_page(error: ChatError | None = None) -> ResponseReturnValue:
    return page("phone_code", error, **STEP.page())
