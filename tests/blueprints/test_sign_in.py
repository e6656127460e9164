"""Signing in with a telephone number, from the first page to the chats."""

import re
import statistics
import time

import pytest

from app.models import Device, User
from app.services.registry import services
from tests.blueprints.site import Browser, Site, build_site, csrf_token_on, settings_for

ADA = "07400 123456"
BOB = "07400 654321"
PAIRS = 200


def test_a_new_number_becomes_an_account_and_reaches_the_chats(visitor: Browser) -> None:
    visitor.ask_for_code(ADA)
    assert User.objects.count() == 0, "an account before the code was right"

    answer = visitor.submit("/sign-in/code", "/sign-in/code", code=visitor.code())

    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get("/").location == "/welcome"
    assert visitor.submit("/welcome", "/welcome", name="  Ada   Lovelace ").location == "/"
    assert visitor.get("/").status_code == 200
    assert visitor.me()["name"] == "Ada Lovelace"
    assert visitor.me()["phone"] == "+447400123456"


def test_the_same_number_comes_back_to_the_same_account(site: Site) -> None:
    first = site.browser().sign_in(ADA).me()["id"]
    again = site.browser().sign_in("+44 7400 123456", name="")

    assert again.me()["id"] == first
    assert again.get("/").status_code == 200, "a second visit is no first visit"


def test_the_code_may_be_typed_with_spaces(visitor: Browser) -> None:
    visitor.ask_for_code(ADA)
    code = visitor.code()
    assert visitor.submit("/sign-in/code", "/sign-in/code", code=f" {code[:3]} {code[3:]} ").status_code == 303


def test_a_wrong_code_is_told_on_the_page_and_signs_nobody_in(visitor: Browser) -> None:
    visitor.ask_for_code(ADA)
    wrong = f"{(int(visitor.code()) + 1) % 1_000_000:06d}"

    answer = visitor.submit("/sign-in/code", "/sign-in/code", code=wrong)

    assert answer.status_code == 400
    assert "not right" in answer.text
    assert visitor.fetch("GET", "/api/v1/me").status_code == 401
    assert User.objects.count() == 0


def test_a_code_is_worth_nothing_in_another_browser(site: Site) -> None:
    mine, theirs = site.browser(), site.browser()
    mine.ask_for_code(ADA)
    theirs.ask_for_code(BOB)

    answer = theirs.submit("/sign-in/code", "/sign-in/code", code=mine.code())

    assert answer.status_code == 400
    assert User.objects.count() == 0


def test_a_code_signs_in_once(visitor: Browser, site: Site) -> None:
    visitor.ask_for_code(ADA)
    code = visitor.code()
    with visitor.client.session_transaction() as session:
        challenge = session["sign_in"]
    visitor.submit("/sign-in/code", "/sign-in/code", code=code)

    other = site.browser()
    other.ask_for_code(BOB)
    with other.client.session_transaction() as session:
        session["sign_in"] = challenge
    assert other.submit("/sign-in/code", "/sign-in/code", code=code).status_code == 400


def test_without_a_code_on_its_way_the_code_page_leads_back(visitor: Browser) -> None:
    assert visitor.get("/sign-in/code").location == "/sign-in"


def test_a_resend_too_soon_says_when(visitor: Browser) -> None:
    visitor.ask_for_code(ADA)
    answer = visitor.submit("/sign-in/code", "/sign-in/resend")
    assert answer.status_code == 429


@pytest.mark.parametrize("number", ["", "abc", "1", "+1", "999999999999999999999", "0909 8790000"])
def test_what_is_no_number_is_refused_beside_the_field(visitor: Browser, number: str) -> None:
    token = csrf_token_on(visitor.get("/sign-in"))
    data = {"csrf_token": token, "region": "GB", "number": number, "next": ""}
    answer = visitor.client.post("/sign-in/phone", data=data, headers=visitor.headers)
    assert answer.status_code == 422
    assert 'id="number-error"' in answer.text


def test_known_and_unknown_numbers_get_the_same_answer(site: Site) -> None:
    site.browser().sign_in(ADA)
    pages = []
    for number in (ADA, BOB):
        asking = site.browser()
        asking.ask_for_code(number)
        page = asking.get("/sign-in/code").text
        page = re.sub(r'value="[^"]+"|>\d{6}<|\+44 7400 \d+|data-seconds="\d+"|nonce="[^"]+"', "", page)
        pages.append(page)
    assert pages[0] == pages[1]


def test_known_and_unknown_numbers_are_answered_in_the_same_time(site: Site) -> None:
    known, unknown = ([f"+447400{first}{n:05d}" for n in range(PAIRS)] for first in (1, 2))
    for number in known:
        User(name="Somebody", phone=number).save()
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for pair in zip(known, unknown, strict=True):
        for kind, number in zip(took, pair, strict=True):
            began = time.perf_counter()
            services().codes.start(number, "192.0.2.1")
            took[kind].append(time.perf_counter() - began)
    one, other = (statistics.median(times) for times in took.values())
    assert abs(one - other) < 0.15 * max(one, other), (one, other)


def test_signing_in_gives_the_session_a_new_id_and_a_new_csrf_token(visitor: Browser, site: Site) -> None:
    visitor.ask_for_code(ADA)
    before = visitor.cookie()
    token_before = csrf_token_on(visitor.get("/sign-in/code"))
    visitor.submit("/sign-in/code", "/sign-in/code", code=visitor.code())

    assert visitor.cookie() != before
    assert not site.redis.exists(f"session:{before}"), "the session from before the sign-in lives on"
    data = {"csrf_token": token_before, "name": "Mallory"}
    assert visitor.client.post("/welcome", data=data, headers=visitor.headers).status_code == 403


def test_a_sign_in_is_a_device_with_a_name(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    device = Device.objects.get()
    assert (device.kind, device.name, device.user) == ("browser", "Firefox on Linux", visitor.me()["id"])


@pytest.mark.parametrize("number", [ADA, BOB])
def test_a_disabled_account_stays_out(site: Site, number: str) -> None:
    site.browser().sign_in(number)
    User.objects.update(set__disabled_at="2026-01-01")
    back = site.browser()
    back.ask_for_code(number)
    assert back.submit("/sign-in/code", "/sign-in/code", code=back.code()).status_code == 403
    assert back.fetch("GET", "/api/v1/me").status_code == 401


def test_signing_out_ends_the_session_and_the_device(visitor: Browser, site: Site) -> None:
    visitor.sign_in(ADA)
    session, device = visitor.cookie(), Device.objects.get().id

    assert visitor.submit("/settings/account", "/sign-out").location == "/sign-in"

    assert visitor.fetch("GET", "/api/v1/me").status_code == 401
    assert not site.redis.exists(f"session:{session}")
    assert site.publisher.signed_out == [device]
    assert services().devices.alive([device]) == set()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\tevil.example",
        "///evil.example",
    ],
)
def test_next_never_leads_to_another_site(visitor: Browser, target: str) -> None:
    visitor.submit("/sign-in", "/sign-in/phone", region="GB", number=ADA, next=target)
    assert visitor.submit("/sign-in/code", "/sign-in/code", code=visitor.code()).location == "/"


def test_next_leads_back_to_where_one_came_from(visitor: Browser) -> None:
    assert visitor.get("/contacts?from=mail").location == "/sign-in?next=/contacts%3Ffrom%3Dmail"
    visitor.submit("/sign-in", "/sign-in/phone", region="GB", number=ADA, next="/contacts?from=mail")
    assert visitor.submit("/sign-in/code", "/sign-in/code", code=visitor.code()).location == "/contacts?from=mail"


def test_the_code_is_on_the_page_in_development_only(stores: tuple[str, str]) -> None:
    for environment in ("test", "production"):
        secrets = {
            "SECRET_KEY": "q8Zt3vLw0Xy7Rk2Nf5Hc9Bs4Gm6Jd1Pa",
            "JWT_SECRET_KEY": "Xk2Nf5Hc9q8Zt3vLw0y7RBs4Gm6Jd1Pa",
        }
        site = build_site(
            settings_for(
                *stores,
                CHATTER_ENV=environment,
                SMS_PROVIDER="console",
                PUBLIC_URL="http://localhost:5000",
                **secrets,
            )
        )
        asking = site.browser()
        asking.ask_for_code(ADA if environment == "test" else BOB)
        assert "shown-code" not in asking.get("/sign-in/code").text


def test_numbers_are_asked_of_one_country_first(site: Site) -> None:
    page = site.browser().get("/sign-in").text
    assert re.search(r'<option value="GB"[^>]* selected', page)
    assert "Continue with Google" not in page, "offered without being configured"
