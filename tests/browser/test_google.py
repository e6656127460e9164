"""Signing in with Google through the browser, at a real OpenID provider on this machine."""

import re
from collections.abc import Iterator

import oidc_provider_mock
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Joiner, Site
from tests.browser.people import Person
from tests.installation import Web

SUBJECTS = ("ada", "bob", "cleo", "dora")


@pytest.fixture(scope="module")
def with_google(site: Site) -> Iterator[Web]:
    """One more server of the same installation, which knows a Google."""
    people = [
        oidc_provider_mock.User(sub=sub, claims={"email": f"{sub}@example.org", "email_verified": True, "name": sub})
        for sub in SUBJECTS
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as provider:
        server = site.installation.web(
            GOOGLE_CLIENT_ID="chatter",
            GOOGLE_CLIENT_SECRET="between the client and the provider",
            GOOGLE_DISCOVERY_URL=f"http://localhost:{provider.server_port}/.well-known/openid-configuration",
        )
        yield server
        server.kill()


def consent(page: Page, sub: str) -> None:
    """At the provider's page: say who one is."""
    page.get_by_role("button", name=sub).click()


def me(context: BrowserContext, address: str) -> dict[str, object]:
    answer: dict[str, object] = context.request.get(f"{address}/api/v1/me").json()
    return answer


def test_somebody_new_comes_in_with_google_and_comes_back(context: BrowserContext, with_google: Web) -> None:
    page = context.new_page()
    page.goto(f"{with_google.url}/sign-in?next=/contacts")
    page.get_by_role("link", name="Continue with Google").click()
    consent(page, "ada")
    page.wait_for_url("**/welcome**")
    expect(page.get_by_label("Name")).to_have_value("ada")
    page.get_by_role("button", name="Start chatting").click()
    page.wait_for_url(f"{with_google.url}/contacts")
    first = me(context, with_google.url)

    context.clear_cookies()
    page.goto(f"{with_google.url}/sign-in")
    page.get_by_role("link", name="Continue with Google").click()
    consent(page, "ada")
    page.wait_for_url(f"{with_google.url}/")
    assert me(context, with_google.url)["id"] == first["id"]


def test_a_wrong_state_is_a_page_with_a_way_on(context: BrowserContext, with_google: Web) -> None:
    page = context.new_page()
    page.goto(f"{with_google.url}/sign-in")
    page.get_by_role("link", name="Continue with Google").click()
    page.get_by_role("button", name="bob").wait_for()
    answer = page.goto(f"{with_google.url}/sign-in/google/callback?code=made-up&state=made-up")
    assert answer is not None
    assert answer.status == 400
    expect(page.get_by_text("Start again")).to_be_visible()
    page.get_by_role("link", name="Go to the sign-in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert context.request.get(f"{with_google.url}/api/v1/me").status == 401


@pytest.fixture
def owner(person_at: Joiner, with_google: Web) -> Person:
    """Somebody who came by number. The provider's own page wants a style sheet from elsewhere."""
    ann = person_at("Ann", with_google.url)
    ann.complaints.expect(re.compile("pico|status of 4(00|09)"))
    return ann


def test_the_owner_links_google_and_unlinks_it(owner: Person, with_google: Web) -> None:
    ann = owner
    open_account(ann)
    ann.page.get_by_role("link", name="Link", exact=True).click()
    consent(ann.page, "cleo")
    ann.page.wait_for_url("**/settings/account")
    expect(ann.page.get_by_text("cleo@example.org")).to_be_visible()

    ann.page.goto("about:blank")
    ann.context.clear_cookies()
    ann.page.goto(f"{with_google.url}/sign-in")
    ann.page.get_by_role("link", name="Continue with Google").click()
    consent(ann.page, "cleo")
    ann.wait_until_alive()
    assert me(ann.context, with_google.url)["id"] == ann.id

    open_account(ann)
    ann.page.locator("li", has_text="Google").get_by_role("button", name="Unlink").click()
    expect(ann.page.locator("li", has_text="Google")).to_contain_text("Not linked")
    # The last way in stays: without it nobody could come back.
    ann.page.locator("li", has_text="Phone number").get_by_role("button", name="Unlink").click()
    expect(ann.page.locator("body")).to_contain_text("only way")
    assert me(ann.context, with_google.url)["phone"] is not None


def test_a_google_account_of_somebody_else_is_not_linked(
    owner: Person, context: BrowserContext, with_google: Web
) -> None:
    page = context.new_page()
    page.goto(f"{with_google.url}/sign-in")
    page.get_by_role("link", name="Continue with Google").click()
    consent(page, "dora")
    page.wait_for_url("**/welcome**")
    ann = owner
    open_account(ann)
    ann.page.get_by_role("link", name="Link", exact=True).click()
    consent(ann.page, "dora")
    expect(ann.page.locator("body")).to_contain_text("account")
    assert me(ann.context, with_google.url)["google"] is False


def open_account(person: Person) -> None:
    person.go("/settings/account")
