"""Passkeys: added by who signed in just now, enough to sign in, and worth nothing to anybody else."""

import copy
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url as text_of

from app.domain.errors import PasskeyRefused
from app.models import Device, Passkey, User
from app.models.accounts import now
from app.services.accounts import DISABLED
from app.services.limits import LENIENT_FACTOR, WINDOWS
from app.services.passkeys import CHALLENGE_LIFE_S, PASSKEYS
from app.services.registry import services
from tests.blueprints.authenticator import Authenticator
from tests.blueprints.site import Browser, Site

ADA, BOB = "07400 123456", "07400 654321"
API = "/api/v1/passkeys"


@pytest.fixture
def ada(visitor: Browser) -> Browser:
    return visitor.sign_in(ADA)


@pytest.fixture
def authenticator(site: Site) -> Authenticator:
    return Authenticator(site.settings.public_url)


def options_to_add(browser: Browser) -> dict[str, Any]:
    answer = browser.fetch("POST", f"{API}/options")
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.get_json()["public_key"]
    return options


def add(browser: Browser, authenticator: Authenticator) -> dict[str, Any]:
    answer = browser.fetch("POST", API, json={"credential": authenticator.make(options_to_add(browser))})
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.get_json()
    return view


def options_to_sign_in(browser: Browser) -> dict[str, Any]:
    answer = browser.fetch("GET", "/sign-in/passkey/options")
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.get_json()
    return options


def send(browser: Browser, credential: Any, next: str = "") -> Any:
    return browser.fetch("POST", "/sign-in/passkey", json={"credential": credential, "next": next})


def assert_refused(browser: Browser, credential: Any) -> None:
    answer = send(browser, credential)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "passkey_refused"), answer.text
    assert browser.fetch("GET", "/api/v1/me").status_code == 401


def signed_in_long_ago(browser: Browser) -> None:
    Device.objects(user=browser.me()["id"]).update(set__created_at=now() - timedelta(minutes=11))


def test_it_is_added_named_used_and_removed(site: Site, ada: Browser, authenticator: Authenticator) -> None:
    options = options_to_add(ada)
    assert options["rp"]["id"] == "localhost" and options["authenticatorSelection"]["userVerification"] == "preferred"
    view = add(ada, authenticator)
    assert (view["name"], view["last_used"]) == ("Unknown browser", None)
    assert ada.fetch("PATCH", f"{API}/{view['id']}", json={"name": " My\tkey "}).get_json()["name"] == "My key"
    assert [one["name"] for one in ada.fetch("GET", API).get_json()["passkeys"]] == ["My key"]

    browser = site.browser()
    answer = send(browser, authenticator.use(options_to_sign_in(browser)), next="/contacts")
    assert answer.get_json() == {"next": "/contacts"}
    assert browser.me()["id"] == ada.me()["id"]
    assert ada.fetch("GET", API).get_json()["passkeys"][0]["last_used"]

    assert ada.fetch("DELETE", f"{API}/{view['id']}").status_code == 204
    assert ada.fetch("GET", API).get_json() == {"passkeys": []}
    another = site.browser()
    assert_refused(another, authenticator.use(options_to_sign_in(another)))


@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_works_once(site: Site, ada: Browser, authenticator: Authenticator, counts: bool) -> None:
    authenticator.counts = counts
    add(ada, authenticator)
    browser = site.browser()
    answered = authenticator.use(options_to_sign_in(browser))
    assert send(browser, answered).status_code == 200
    browser.fetch("DELETE", "/api/v1/session")
    assert_refused(browser, answered)


@pytest.mark.parametrize("counts", [True, False])
def test_of_many_who_send_one_answer_at_once_one_comes_in(
    site: Site, ada: Browser, authenticator: Authenticator, counts: bool
) -> None:
    authenticator.counts = counts
    add(ada, authenticator)
    answered = authenticator.use(services().passkeys.begin_signing_in("browser", "address"))

    def attempt(_: int) -> bool:
        try:
            services().passkeys.sign_in("browser", answered, "address")
        except PasskeyRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(attempt, range(8))).count(True) == 1


def test_another_browser_s_challenge_and_an_old_one_are_refused(
    site: Site, ada: Browser, authenticator: Authenticator
) -> None:
    add(ada, authenticator)
    mine, yours = site.browser(), site.browser()
    options_to_sign_in(mine)
    assert_refused(mine, authenticator.use(options_to_sign_in(yours)))
    options = options_to_sign_in(mine)
    (key,) = [key for key in site.redis.scan_iter("passkey:*") if options["challenge"] in key]
    assert 0 < site.redis.ttl(key) <= CHALLENGE_LIFE_S
    site.redis.delete(key)
    assert_refused(mine, authenticator.use(options))
    assert_refused(mine, authenticator.use({"challenge": text_of(b"x" * 32)}))
    assert_refused(mine, authenticator.use({"challenge": options_to_add(ada)["challenge"]}))


@pytest.mark.parametrize(
    "foreign",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:1"},
        {"rp_id": "evil.example"},
    ],
)
def test_a_foreign_page_gets_nothing_out_of_it(
    site: Site, ada: Browser, authenticator: Authenticator, foreign: dict[str, str]
) -> None:
    for name, value in foreign.items():
        setattr(authenticator, name, value)
    credential = authenticator.make(options_to_add(ada))
    assert ada.fetch("POST", API, json={"credential": credential}).get_json()["code"] == "passkey_refused"
    authenticator.origin, authenticator.rp_id = site.settings.public_url, "localhost"
    add(ada, authenticator)
    for name, value in foreign.items():
        setattr(authenticator, name, value)
    browser = site.browser()
    assert_refused(browser, authenticator.use(options_to_sign_in(browser)))


def test_a_counter_that_does_not_go_on_is_a_copy_s(site: Site, ada: Browser, authenticator: Authenticator) -> None:
    add(ada, authenticator)
    browser = site.browser()
    copied = copy.copy(authenticator)
    assert send(browser, authenticator.use(options_to_sign_in(browser))).status_code == 200
    another = site.browser()
    assert_refused(another, copied.use(options_to_sign_in(another)))
    assert Passkey.objects.get().sign_count == 1


def test_a_forged_signature_and_another_s_name_are_refused(
    site: Site, ada: Browser, authenticator: Authenticator
) -> None:
    add(ada, authenticator)
    bob = site.browser().sign_in(BOB, name="Bob")
    browser = site.browser()
    forger = copy.copy(authenticator)
    forger.key = Authenticator("").key
    assert_refused(browser, forger.use(options_to_sign_in(browser)))
    authenticator.user = text_of(bob.me()["id"].encode())
    assert_refused(browser, authenticator.use(options_to_sign_in(browser)))
    answered = authenticator.use(options_to_sign_in(browser))
    answered["response"]["userHandle"] = None
    assert_refused(browser, answered)


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"id": "x"},
        {"id": {"$ne": ""}, "response": {"clientDataJSON": "e30"}},
        {"id": "x", "response": {"clientDataJSON": "!!"}},
        {"id": "x", "response": {"clientDataJSON": text_of(b"[1]")}},
        {"id": "x", "response": {"clientDataJSON": text_of(b'{"challenge": 7}')}},
        {"response": []},
    ],
)
def test_nonsense_is_refused_like_the_rest(site: Site, nonsense: dict[str, Any]) -> None:
    browser = site.browser()
    options_to_sign_in(browser)
    assert_refused(browser, nonsense)
    ada = site.browser().sign_in(ADA)
    assert ada.fetch("POST", API, json={"credential": nonsense}).get_json()["code"] == "passkey_refused"


@pytest.mark.parametrize("body", [None, [], {"credential": "x"}, {"credential": {}, "more": 1}, {"next": "/"}])
def test_a_body_that_is_none_is_a_typed_refusal(site: Site, body: Any) -> None:
    browser = site.browser()
    options_to_sign_in(browser)
    answer = browser.fetch("POST", "/sign-in/passkey", json=body)
    assert answer.status_code in (400, 415, 422)
    assert answer.get_json()["code"] in ("invalid", "passkey_refused", "unsupported_media_type")


def test_only_who_signed_in_just_now_adds_and_removes(ada: Browser, authenticator: Authenticator) -> None:
    view = add(ada, authenticator)
    options = options_to_add(ada)
    signed_in_long_ago(ada)
    refused = ada.fetch("POST", f"{API}/options")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "confirm_first")
    made = {"credential": Authenticator(authenticator.origin).make(options)}
    assert ada.fetch("POST", API, json=made).get_json()["code"] == "confirm_first"
    assert ada.fetch("DELETE", f"{API}/{view['id']}").get_json()["code"] == "confirm_first"
    assert ada.fetch("PATCH", f"{API}/{view['id']}", json={"name": "x"}).status_code == 200
    ada.submit("/settings/confirm?next=/settings/account", "/settings/confirm/phone")
    code = ada.code("/settings/confirm/code")
    ada.submit("/settings/confirm/code", "/settings/confirm/code", code=code)
    assert ada.fetch("DELETE", f"{API}/{view['id']}").status_code == 204


def test_another_s_passkey_is_nobody_s(site: Site, ada: Browser, authenticator: Authenticator) -> None:
    view = add(ada, authenticator)
    bob = site.browser().sign_in(BOB, name="Bob")
    assert bob.fetch("GET", API).get_json() == {"passkeys": []}
    for method, body in (("PATCH", {"name": "mine"}), ("DELETE", None)):
        assert bob.fetch(method, f"{API}/{view['id']}", json=body).status_code == 404
    for name in ("", " ", "x" * 81, "‮x", 7):
        assert ada.fetch("PATCH", f"{API}/{view['id']}", json={"name": name}).status_code == 422
    stolen = copy.copy(authenticator)
    answer = bob.fetch("POST", API, json={"credential": stolen.make(options_to_add(bob))})
    assert answer.get_json()["code"] == "conflict", "that key is hers"


def test_there_is_a_largest_number_and_known_ones_are_named(
    site: Site, ada: Browser, authenticator: Authenticator
) -> None:
    add(ada, authenticator)
    (known,) = options_to_add(ada)["excludeCredentials"]
    assert base64url_to_bytes(known["id"]) == authenticator.id
    for n in range(PASSKEYS - 1):
        Passkey(user=ada.me()["id"], credential=f"c{n}", public_key=b"k").save()
    assert ada.fetch("POST", f"{API}/options").get_json()["code"] == "conflict"


def test_a_disabled_account_does_not_come_in(site: Site, ada: Browser, authenticator: Authenticator) -> None:
    add(ada, authenticator)
    User.objects(id=ada.me()["id"]).update_one(set__disabled_at=now())
    browser = site.browser()
    answer = send(browser, authenticator.use(options_to_sign_in(browser)))
    assert (answer.status_code, answer.get_json()["message"]) == (403, DISABLED)
    assert browser.fetch("GET", "/api/v1/me").status_code == 401


def test_guesses_are_limited(site: Site) -> None:
    browser = site.browser()
    options_to_sign_in(browser)
    for _ in range(WINDOWS["passkey_try"][0].amount * LENIENT_FACTOR):
        services().limits.check("passkey_try", "127.0.0.1")
    assert send(browser, {}).get_json()["code"] == "rate_limited"
