"""Signing in with Google, against a real OpenID provider over TCP."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from werkzeug.test import TestResponse

from app.models import User
from app.models.accounts import now
from config import Settings
from tests.blueprints.site import Browser, Site, build_site, csrf_token_on, settings_for

ADA = "07400 123456"


@pytest.fixture
def provider() -> Iterator[str]:
    people = [
        oidc_provider_mock.User(sub=sub, claims={"email": f"{sub}@example.org", "email_verified": True, "name": sub})
        for sub in ("ada", "bob")
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def site(stores: tuple[str, str], provider: str) -> Iterator[Site]:
    site = build_site(_settings(stores, provider))
    yield site
    site.redis.close()


def _settings(stores: tuple[str, str], provider: str) -> Settings:
    return settings_for(
        *stores,
        GOOGLE_CLIENT_ID="chatter",
        GOOGLE_CLIENT_SECRET="the client's secret",
        GOOGLE_DISCOVERY_URL=f"{provider}/.well-known/openid-configuration",
    )


def consent(authorization: str, sub: str = "ada", **form: str) -> str:
    """Say yes (or no) at the provider; the path it sends the browser back to."""
    answer = requests.post(authorization, data={"sub": sub, **form}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return local(answer.headers["Location"])


def local(address: str) -> str:
    parts = urlsplit(address)
    assert parts.path == "/sign-in/google/callback"
    return f"{parts.path}?{parts.query}"


def sign_in(visitor: Browser, sub: str = "ada", path: str = "/sign-in/google") -> TestResponse:
    return visitor.get(consent(str(visitor.get(path).location), sub))


def link(visitor: Browser) -> str:
    """The address that the account page's link to Google leads to."""
    found = re.search(r'href="(/settings/account/google\?token=[^"]+)"', visitor.get("/settings/account").text)
    assert found
    return found[1].replace("&amp;", "&")


def test_google_is_offered_where_it_is_configured(visitor: Browser) -> None:
    assert "/sign-in/google" in visitor.get("/sign-in").text


def test_state_nonce_and_pkce_go_along(visitor: Browser) -> None:
    query = parse_qs(urlsplit(str(visitor.get("/sign-in/google").location)).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(query[name][0]) >= 20
    assert query["redirect_uri"] == ["http://localhost:5000/sign-in/google/callback"]


def test_somebody_new_signs_in_and_comes_back(site: Site) -> None:
    visitor = site.browser()
    assert sign_in(visitor).location == "/"
    assert visitor.get("/").location == "/welcome"
    assert 'value="ada"' in visitor.get("/welcome").text, "Google's name is suggested"
    visitor.submit("/welcome", "/welcome", name="Ada")
    me = visitor.me()
    assert (me["google"], me["email"], me["phone"]) == (True, "ada@example.org", None)

    again = site.browser()
    sign_in(again)
    assert again.me()["id"] == me["id"]


def test_next_survives_the_way_to_google(visitor: Browser) -> None:
    assert sign_in(visitor, path="/sign-in/google?next=/contacts").location == "/contacts"
    assert sign_in(visitor, path="/sign-in/google?next=https://evil.example").location == "/"


def test_signing_in_gives_the_session_a_new_id(visitor: Browser) -> None:
    authorization = str(visitor.get("/sign-in/google").location)
    before = visitor.cookie()
    visitor.get(consent(authorization))
    assert visitor.cookie() != before


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=y", "?state=&code=", "?error=access_denied"]
)
def test_a_callback_nobody_asked_for_is_a_page_and_no_sign_in(visitor: Browser, query: str) -> None:
    visitor.get("/sign-in/google")
    answer = visitor.get(f"/sign-in/google/callback{query}")
    assert answer.status_code == 400
    assert "Start again" in answer.text
    assert "Traceback" not in answer.text
    assert visitor.fetch("GET", "/api/v1/me").status_code == 401
    assert User.objects.count() == 0


def test_anothers_callback_does_not_sign_in_here(site: Site) -> None:
    """Login CSRF: the attacker's code must not sign the victim in to the attacker's account."""
    attacker, victim = site.browser(), site.browser()
    callback = consent(str(attacker.get("/sign-in/google").location), "bob")
    victim.get("/sign-in/google")
    assert victim.get(callback).status_code == 400
    assert victim.fetch("GET", "/api/v1/me").status_code == 401


def test_a_callback_works_once(site: Site) -> None:
    visitor = site.browser()
    callback = consent(str(visitor.get("/sign-in/google").location))
    assert visitor.get(callback).status_code == 302
    assert visitor.get(callback).status_code == 400


def test_a_code_that_was_swapped_is_refused(site: Site) -> None:
    """PKCE and the nonce: a code stolen from another browser is worth nothing with one's own state."""
    victim, thief = site.browser(), site.browser()
    stolen = parse_qs(urlsplit(consent(str(victim.get("/sign-in/google").location))).query)["code"][0]
    own = parse_qs(urlsplit(str(thief.get("/sign-in/google").location)).query)["state"][0]
    assert thief.get(f"/sign-in/google/callback?code={stolen}&state={own}").status_code == 400
    assert thief.fetch("GET", "/api/v1/me").status_code == 401


def test_a_refused_consent_is_a_page(visitor: Browser) -> None:
    denied = consent(str(visitor.get("/sign-in/google").location), action="deny")
    answer = visitor.get(denied)
    assert answer.status_code == 400
    assert "was not allowed" in answer.text
    assert visitor.fetch("GET", "/api/v1/me").status_code == 401


def test_a_provider_that_is_down_is_a_page(stores: tuple[str, str]) -> None:
    visitor = build_site(_settings(stores, "http://127.0.0.1:1")).browser()
    answer = visitor.get("/sign-in/google")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_a_provider_that_goes_down_half_way_is_a_page(stores: tuple[str, str]) -> None:
    with oidc_provider_mock.run_server_in_thread() as server:
        visitor = build_site(_settings(stores, f"http://localhost:{server.server_port}")).browser()
        callback = consent(str(visitor.get("/sign-in/google").location))
    assert visitor.get(callback).status_code == 503


def test_where_google_is_not_configured_there_is_nothing(stores: tuple[str, str]) -> None:
    visitor = build_site(settings_for(*stores)).browser()
    assert visitor.get("/sign-in/google").status_code == 404
    assert visitor.get("/sign-in/google/callback?state=x").status_code == 404


def test_the_owner_links_google_and_comes_in_by_it(site: Site) -> None:
    owner = site.browser().sign_in(ADA)
    assert owner.get(consent(str(owner.get(link(owner)).location))).location == "/settings/account"
    assert owner.me()["google"] is True
    other = site.browser()
    sign_in(other)
    assert other.me()["id"] == owner.me()["id"]


def test_a_google_account_of_another_is_not_linked(site: Site) -> None:
    sign_in(site.browser())
    owner = site.browser().sign_in(ADA)
    answer = owner.get(consent(str(owner.get(link(owner)).location)))
    assert answer.status_code == 409
    assert owner.me()["google"] is False


def test_linking_starts_from_the_account_page_only(site: Site) -> None:
    """Otherwise any page could have its own Google account linked to the reader's."""
    owner = site.browser().sign_in(ADA)
    assert owner.get("/settings/account/google").status_code == 403
    assert owner.get("/settings/account/google?token=guessed").status_code == 403
    assert site.browser().get("/settings/account/google").location.startswith("/sign-in")


def test_a_link_that_was_begun_does_not_sign_in_after_signing_out(site: Site) -> None:
    owner = site.browser().sign_in(ADA)
    callback = consent(str(owner.get(link(owner)).location))
    owner.submit("/settings/account", "/sign-out")
    assert owner.get(callback).status_code == 400
    assert User.objects.count() == 1


def test_a_link_that_was_begun_ends_when_the_owner_is_disabled(site: Site) -> None:
    owner = site.browser().sign_in(ADA)
    callback = consent(str(owner.get(link(owner)).location))
    User.objects.update(set__disabled_at=now())
    site.forget_devices()
    assert owner.get(callback).status_code == 400
    assert User.objects.get().google_sub is None


def test_the_last_way_in_is_not_unlinked_but_the_other_one_is(site: Site) -> None:
    owner = site.browser()
    sign_in(owner)
    owner.submit("/welcome", "/welcome", name="Ada")
    refused = owner.submit("/settings/account", "/settings/account/google/unlink")
    assert refused.status_code == 409
    assert owner.me()["google"] is True

    token = csrf_token_on(owner.get("/settings/account/phone"))
    number = {"csrf_token": token, "region": "GB", "number": ADA}
    assert owner.client.post("/settings/account/phone", data=number, headers=owner.headers).status_code == 303
    code = owner.code("/settings/account/phone/code")
    owner.submit("/settings/account/phone/code", "/settings/account/phone/code", code=code)
    assert owner.me()["phone"] == "+447400123456"
    owner.submit("/settings/account", "/settings/account/google/unlink")
    assert owner.me()["google"] is False


def confirm(visitor: Browser, sub: str) -> TestResponse:
    """From the page that asks to confirm, to Google and back."""
    page = visitor.get("/settings/confirm?next=/settings/account/deletion")
    found = re.search(r'href="(/settings/confirm/google[^"]*)"', page.text)
    assert found, page.text
    return sign_in(visitor, sub, found[1])


def test_google_again_confirms_that_it_is_them(visitor: Browser) -> None:
    sign_in(visitor)
    visitor.submit("/welcome", "/welcome", name="Ada")
    assert visitor.get("/settings/confirm/google").status_code == 403, "only from our page"
    assert confirm(visitor, "bob").status_code == 403
    assert "Delete my account in a week" not in visitor.get("/settings/account/deletion").text
    assert confirm(visitor, "ada").location == "/settings/account/deletion"
    assert "Delete my account in a week" in visitor.get("/settings/account/deletion").text
