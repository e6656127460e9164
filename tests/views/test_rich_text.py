"""How text is shown: marks, code, and what of it never runs."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_injection import PAYLOADS
from tests.views.conftest import Opener
from tests.views.talk import say, settled
from tests.views.talk_pages import AMARA, GROUP, direct_chat

HOSTILE = (
    ">" * 8_000,
    "> " * 4_000,
    "[" * 8_000,
    "[a](" * 2_000,
    "*a " * 2_666,
    "**a *b " * 571 + "c* d** " * 571,
    "- " * 4_000,
    "`" * 8_000,
    "http://" * 1_142,
    f"http://a.example/{')' * 7_900}",
    "```js\n" + "`${" * 1_300,
    '```python\nf"{' + "f'{" * 975,
    "```html\n" + "<a " * 1_300,
    "```bash\n" + "$(" * 1_950,
    "```css\n" + "a{" * 1_950,
)
# Far above what it takes, for machines that have other things to do.
MOST_MS = 5_000


def _shown(page: Page, conversation: str, body: str) -> str:
    """The markup that is made of a message."""
    say(page, conversation, "priya", body)
    settled(page)
    html: str = page.locator(".message .bubble-text").last.inner_html()
    return html


def test_marks_become_elements(open_page: Opener) -> None:
    page, chat = direct_chat(open_page)
    html = _shown(page, chat, "**bold** *it* ~~gone~~ `a < b`")
    assert html == "<strong>bold</strong> <em>it</em> <s>gone</s> <code>a &lt; b</code>"
    assert _shown(page, chat, "> said\nno") == "<blockquote>said</blockquote>no"
    assert _shown(page, chat, "- a\n- **b**") == "<ul><li>a</li><li><strong>b</strong></li></ul>"
    assert _shown(page, chat, "4. a\n5. b") == '<ol start="4"><li>a</li><li>b</li></ol>'
    assert _shown(page, chat, "plain\n  text") == "plain\n  text"


def test_previews_and_quotes_show_no_marks(open_page: Opener) -> None:
    page, chat = direct_chat(open_page)
    say(page, chat, "priya", f"**bold** and `code` for @[{AMARA}]")
    expect(page.locator(f'[data-id="{chat}"] [data-part=preview]')).to_have_text("bold and code for @Amara Okafor")
    page.evaluate("id => chat.say(id, PEOPLE.priya, 'yes', { target: 4 })", chat)
    expect(page.locator(".quote [data-part=quote-text]").last).to_have_text("bold and code for @Amara Okafor")


def test_code_is_coloured_where_its_language_is_named(open_page: Opener) -> None:
    page, chat = direct_chat(open_page)
    say(page, chat, "priya", "```python\ndef f(): return '<b>'\n```")
    code = page.locator(".bubble-text pre > code").last
    expect(code.locator(".hljs-keyword").first).to_have_text("def")
    expect(code.locator(".hljs-string")).to_have_text("'<b>'")
    expect(code).to_have_text("def f(): return '<b>'")
    say(page, chat, "priya", "```nosuchlanguage\nlet a\n```")
    expect(page.locator(".bubble-text pre > code").last).to_have_text("let a")


def test_words_that_look_like_an_address_do_not_hide_another(open_page: Opener) -> None:
    page, chat = direct_chat(open_page)
    link = page.locator(".bubble-text a").last
    for label in ("https://bank.example", "bank.example/login", "www.bank.example", "*HTTPS://bank.example*"):
        say(page, chat, "priya", f"[{label}](https://evil.example/)")
        expect(link).to_have_text("https://evil.example/")
    say(page, chat, "priya", "[the notes](https://docs.example/)")
    expect(link).to_have_text("the notes")
    expect(link).to_have_attribute("href", "https://docs.example/")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


XSS = (
    *PAYLOADS,
    "[a](javascript:window.pwned=1)",
    "[a](JaVaScRiPt:window.pwned=1)",
    "[a](java\nscript:window.pwned=1)",
    "[a](&#106;avascript:window.pwned=1)",
    "[a](javascript&colon;window.pwned=1)",
    "[a](data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==)",
    "[a](<javascript:window.pwned=1>)",
    '[a](https://a.example "onmouseover=window.pwned=1")',
    "[<img src=x onerror=window.pwned=1>](https://a.example)",
    "[a](https://a.example/\"onmouseover='window.pwned=1')",
    "<javascript:window.pwned=1>",
    "[a]: javascript:window.pwned=1\n[a]",
    "![a](https://a.example/x.png)",
    "`<script>window.pwned=1</script>`",
    "```html\n<script>window.pwned=1</script><img src=x onerror=window.pwned=1>\n```",
    "```<img src=x onerror=window.pwned=1>\na\n```",
    '```"><script>window.pwned=1</script>\na\n```',
    "> <img src=x onerror=window.pwned=1>\n\n- <svg onload=window.pwned=1>",
    "**<iframe srcdoc='<script>parent.pwned=1</script>'>**",
    "@[<img src=x onerror=1>]",
)


def test_nothing_of_a_text_runs_or_is_loaded(open_page: Opener) -> None:
    page, chat = direct_chat(open_page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for payload in XSS:
        say(page, chat, "priya", payload)
    settled(page)
    expect(page.locator(".hljs-tag").first).to_be_visible()
    assert page.evaluate("() => window.pwned === undefined")
    made = set(page.locator(".bubble-text *").evaluate_all("all => all.map(e => e.localName)"))
    assert made <= {"a", "strong", "em", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li"}
    attributes = set(page.locator(".bubble-text *").evaluate_all("all => all.flatMap(e => e.getAttributeNames())"))
    assert attributes <= {"href", "rel", "target", "title", "class", "tabindex", "role", "aria-label", "start"}
    for href in page.locator(".bubble-text a").evaluate_all("all => all.map(a => a.href)"):
        assert re.match(r"https?://[^@]+$", href), href
    assert [url for url in requests if "/static/vendor/" not in url] == []


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:12]))
def test_the_longest_text_does_not_hold_the_page_up(open_page: Opener, body: str) -> None:
    assert len(body) <= 8_000
    page, chat = direct_chat(open_page)
    spent = page.evaluate(
        """async ([id, body]) => {
          const { richText } = await import("/static/js/views/rich_text.js");
          const pause = () => new Promise(done => setTimeout(done));
          const from = performance.now();
          const nodes = richText(body, chat);
          const parsed = performance.now() - from;
          chat.say(id, PEOPLE.priya, body);
          let longest = parsed;
          // The highlighter is fetched first; then it has the page for itself.
          for (let n = 0, last = performance.now(); n < 100; n++) {
            await pause();
            longest = Math.max(longest, performance.now() - last);
            last = performance.now();
          }
          return longest;
        }""",
        [chat, body],
    )
    assert spent < MOST_MS
    assert page.locator(".message .bubble-text").last.text_content()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_wide_code_and_long_words_stay_in_the_bubble(open_page: Opener, theme: str, width: int) -> None:
    page = open_page(width=width, theme=theme)
    page.locator(".chat-link", has_text=GROUP).click()
    group = page.evaluate("() => group")
    say(page, group, "priya", f"```js\n{'const wide = 1; ' * 40}\n```\n> {'w' * 300}\n- {'`' + 'c' * 200 + '`'}")
    box = page.locator(".message .bubble").last.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
