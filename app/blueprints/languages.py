"""Which language a page is in: the person's own choice, else what their browser asks for, else English."""

from datetime import datetime
from typing import Any, cast

from babel.dates import format_skeleton
from flask import Blueprint, Flask, Response, current_app, g, has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from flask_login import current_user

from app import languages
from app.blueprints.asker import local_path
from app.blueprints.forms import Form
from app.blueprints.guards import allow_guest
from app.services.registry import services

COOKIE_S = 365 * 24 * 3_600

blueprint = Blueprint("languages", __name__)


class LanguageForm(Form):
    """``language``: a code, or nothing for the browser's."""

    language: str
    next: str = ""


@blueprint.post("/language")
@allow_guest
def choose() -> ResponseReturnValue:
    """Choose a language: for the account, where somebody is signed in, and for this browser. Raises Invalid."""
    form = LanguageForm.sent()
    code = languages.known(form.language)
    if current_user.is_authenticated:
        services().limits.check("profile", current_user.id)
        services().accounts.change_language(current_user.id, code)
        services().devices.forget([current_user.device])
    return _remember(cast(Response, redirect(local_path(form.next) or "/", 303)), code)


def init_app(app: Flask) -> None:
    """Give templates ``_()``, ``ngettext()``, the page's language and the texts of refusals."""
    Babel(
        app,
        default_locale=languages.ENGLISH,
        default_translation_directories=str(languages.ROOT),
        locale_selector=_choose,
    )
    app.context_processor(_page_context)
    app.after_request(_name_language)
    app.jinja_env.filters["refusal_text"] = lambda text: languages.refusal_text(language(), str(text))
    app.jinja_env.filters["grouped"] = lambda number: languages.grouped(language(), number)


def language() -> str:
    """The language of the present request's answer."""
    return str(get_locale() or languages.ENGLISH)


def day_words(at: datetime, *, with_year: bool = False) -> str:
    """ "Friday 4 December", in the page's language."""
    if language() == languages.ENGLISH:
        return f"{at:%A} {at.day} {at:%B %Y}" if with_year else f"{at:%A} {at.day} {at:%B}"
    return str(format_skeleton("yMMMMEEEEd" if with_year else "MMMMEEEEd", at, locale=language()))


def _cookie() -> str:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    return "__Host-chatter-language" if secure else "chatter-language"


def _remember(response: Response, code: str | None) -> Response:
    """Keep the choice in the browser, for the pages before signing in; None: as the browser itself asks."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    age = COOKIE_S if code else 0
    response.set_cookie(_cookie(), code or "", max_age=age, secure=secure, httponly=True, samesite="Lax")
    return response


def _choose() -> str:
    if not has_request_context() or request.path.startswith("/admin"):
        return languages.ENGLISH  # the dashboard is in English only
    chosen = _account_language() or languages.known(request.cookies.get(_cookie()))
    return chosen or request.accept_languages.best_match(list(languages.languages()), languages.ENGLISH)


def _account_language() -> str | None:
    if "account" in g:  # read a moment ago, past every memory
        return languages.known(g.account.locale)
    return languages.known(current_user.language) if current_user.is_authenticated else None


def _page_context() -> dict[str, Any]:
    code = g.page_language = language()
    return {
        "language": code,
        "direction": languages.direction(code),
        "languages": languages.languages(),
        "chosen_language": _account_language() or languages.known(request.cookies.get(_cookie())),
    }


def _name_language(response: Response) -> Response:
    if "page_language" in g:
        response.headers["Content-Language"] = cast(str, g.page_language)
        response.vary.update(["Accept-Language", "Cookie"])
    return response
