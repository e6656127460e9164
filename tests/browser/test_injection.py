"""Text is text, wherever somebody else's words appear: nothing of it is ever executed, loaded or followed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person

PAYLOADS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<body onload=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>",
    "<input autofocus onfocus=window.pwned=1>",
    "<video><source onerror=window.pwned=1></video>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>",
    "<a href='javascript:window.pwned=1'>click</a>",
    "javascript:window.pwned=1",
    "[click](javascript:window.pwned=1)",
    "![x](x onerror=window.pwned=1)",
    "data:text/html,<script>window.pwned=1</script>",
    "vbscript:msgbox(1)",
    "http://example.org/'onmouseover='window.pwned=1",
    'https://example.org/"><img src=x onerror=window.pwned=1>',
    "https://user:password@example.org/",
    '"><script>window.pwned=1</script>',
    "'-window.pwned=1-'",
    "${window.pwned=1}",
    "{{ constructor.constructor('window.pwned=1')() }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "</title><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    "</template><script>window.pwned=1</script>",
    "<!--><script>window.pwned=1</script-->",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.pwned=1&#62;",
    "<scr<script>ipt>window.pwned=1</scr</script>ipt>",
    "<style>@import 'https://example.org/x.css';</style>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
    "<base href=https://example.org/>",
    "<form action=https://example.org/><button>Sign in</button></form>",
    '{"$ne": ""}',
)
NAMES = tuple(payload for payload in PAYLOADS if len(payload) <= 80)
HREFS = "all => all.map((link) => link.href)"


def expect_nothing_happened(*people: Person) -> None:
    """Nothing ran, no element came to be, and every link leads to http or https. (Broken policies fail every test.)"""
    for person in people:
        page = person.page
        assert page.evaluate("() => window.pwned === undefined")
        assert page.url.startswith(person.address)
        for element in (
            "script:not([src])",
            "img[src=x]",
            "iframe",
            "[onerror]",
            "[onload]",
            "base",
            "meta[http-equiv]",
        ):
            assert page.locator(f"body {element}").count() == 0, element
        for href in page.locator(".thread-pane a").evaluate_all(HREFS):
            assert re.match(r"https?://[^@]+$", href), href


@pytest.fixture
def pair(person: Joiner) -> tuple[Person, Person]:
    return person("Ann"), person("Ben", server=1)


def test_messages_are_shown_literally(pair: tuple[Person, Person]) -> None:
    ann, ben = pair
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    ben.wait_for_messages(["hello"])
    for payload in PAYLOADS:
        ann.say(payload)
    texts = [re.compile(f"^{re.escape(text)}$") for text in ("hello", *PAYLOADS)]
    expect(ben.bubbles).to_have_text(texts, timeout=15_000)
    expect(ann.bubbles).to_have_text(texts)
    expect(ben.row(conversation).locator("[data-part=preview]")).to_have_text(PAYLOADS[-1])
    links = ben.page.locator(".thread-rows .bubble-text a")
    hosts = {href.split("/")[2] for href in links.evaluate_all(HREFS)}
    assert hosts == {"example.org"}, "and none with a password before the host"
    for link in links.all():
        expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect_nothing_happened(ann, ben)
    # Painted from the browser's own store this time.
    ben.reload()
    expect(ben.bubbles.last).to_have_text(PAYLOADS[-1])
    expect_nothing_happened(ben)


def test_names_abouts_aliases_and_titles_are_shown_literally(pair: tuple[Person, Person]) -> None:
    ann, ben = pair
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    for payload in NAMES[::4]:
        _change(ann, "PATCH", "/me", {"name": payload, "about": payload})
        _change(ben, "PATCH", f"/contacts/{ann.id}", {"alias": payload})
        _change(ann, "POST", "/groups", {"title": payload, "users": [ben.id]})
    last = NAMES[::4][-1]
    ann.name = last
    for path in ("/", f"/c/{conversation}", "/contacts", "/settings/profile"):
        for person in pair:
            person.go(path)
            expect(person.page.locator(".rail")).to_be_visible()
            expect_nothing_happened(person)
    ben.go(f"/c/{conversation}")
    expect(ben.page.locator(".thread-header [data-part=name]")).to_have_text(last)
    details = ben.page.locator("[data-view=details]")
    if details.is_hidden():
        ben.page.get_by_role("button", name="Details").click()
    expect(details.locator("[data-part=about]")).to_have_text(last)
    for payload in NAMES[::4]:
        expect(ben.page.locator(".chat-name", has_text=payload).first).to_be_attached()
    expect_nothing_happened(ann, ben)


def test_an_inviters_name_and_what_is_typed_into_the_sign_in_are_shown_literally(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben")
    for payload in NAMES[:6]:
        _change(ann, "PATCH", "/me", {"name": payload})
        ben.page.goto(_invite(ann))
        expect(ben.page.get_by_role("heading", level=1)).to_have_text(f"{payload} invites you")
        expect_nothing_happened(ben)
    sign_out(ben)
    ben.complaints.expect(re.compile("status of 422"))
    for payload in (payload for payload in PAYLOADS if len(payload) <= 40):
        ben.page.goto(f"{ben.address}/sign-in?next={payload}")
        ben.page.get_by_label("Phone number").fill(payload)
        ben.page.get_by_role("button", name="Send me a code").click()
        expect(ben.page.locator("#number-error")).not_to_be_empty()
        expect(ben.page.get_by_label("Phone number")).to_have_value(payload)
        expect_nothing_happened(ben)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(pair: tuple[Person, Person], elsewhere: str) -> None:
    _, ben = pair
    sign_out(ben)
    ben.page.goto(f"{ben.address}/sign-in?next={elsewhere}")
    ben.sign_in_here()
    assert ben.page.url == f"{ben.address}/"


def sign_out(person: Person) -> None:
    """The session is gone, and no page of it is left to ask for anything."""
    person.page.goto("about:blank")
    person.context.clear_cookies()


def _change(person: Person, method: str, path: str, body: dict[str, object]) -> None:
    """As the person's own page would."""
    status = person.page.evaluate(CHANGE, [method, path, body])
    assert status in (200, 201), status


def _invite(person: Person) -> str:
    return str(person.context.request.get(f"{person.address}/api/v1/invite").json()["url"])


CHANGE = """async ([method, path, body]) => {
  const { csrf_token } = await (await fetch("/api/v1/session/csrf")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  return (await fetch(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) })).status;
}"""
