"""How text is shown and written: marks, code, emoji, mentions."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_injection import PAYLOADS
from tests.views.conftest import Opener
from tests.views.talk import asked, long_chat, open_chat, say, settled

GROUP = "Release train"
AMARA = "u" * 21 + "C"
ME = "u" * 21 + "4"
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


def _direct(open_page: Opener, **more: object) -> tuple[Page, str]:
    page = open_page(**more)
    return page, long_chat(page, 3)


def _group(open_page: Opener, **more: object) -> tuple[Page, str]:
    page = open_page(**more)
    page.locator(".chat-link", has_text=GROUP).click()
    group: str = page.evaluate("() => group")
    return page, group


def _shown(page: Page, conversation: str, body: str) -> str:
    """The markup that is made of a message."""
    say(page, conversation, "priya", body)
    settled(page)
    html: str = page.locator(".message .bubble-text").last.inner_html()
    return html


def test_marks_become_elements(open_page: Opener) -> None:
    page, chat = _direct(open_page)
    html = _shown(page, chat, "**bold** *it* ~~gone~~ `a < b`")
    assert html == "<strong>bold</strong> <em>it</em> <s>gone</s> <code>a &lt; b</code>"
    assert _shown(page, chat, "> said\nno") == "<blockquote>said</blockquote>no"
    assert _shown(page, chat, "- a\n- **b**") == "<ul><li>a</li><li><strong>b</strong></li></ul>"
    assert _shown(page, chat, "4. a\n5. b") == '<ol start="4"><li>a</li><li>b</li></ol>'
    assert _shown(page, chat, "plain\n  text") == "plain\n  text"


def test_previews_and_quotes_show_no_marks(open_page: Opener) -> None:
    page, chat = _direct(open_page)
    say(page, chat, "priya", f"**bold** and `code` for @[{AMARA}]")
    expect(page.locator(f'[data-id="{chat}"] [data-part=preview]')).to_have_text("bold and code for @Amara Okafor")
    page.evaluate("id => chat.say(id, PEOPLE.priya, 'yes', { target: 4 })", chat)
    expect(page.locator(".quote [data-part=quote-text]").last).to_have_text("bold and code for @Amara Okafor")


def test_code_is_coloured_where_its_language_is_named(open_page: Opener) -> None:
    page, chat = _direct(open_page)
    say(page, chat, "priya", "```python\ndef f(): return '<b>'\n```")
    code = page.locator(".bubble-text pre > code").last
    expect(code.locator(".hljs-keyword").first).to_have_text("def")
    expect(code.locator(".hljs-string")).to_have_text("'<b>'")
    expect(code).to_have_text("def f(): return '<b>'")
    say(page, chat, "priya", "```nosuchlanguage\nlet a\n```")
    expect(page.locator(".bubble-text pre > code").last).to_have_text("let a")


def test_words_that_look_like_an_address_do_not_hide_another(open_page: Opener) -> None:
    page, chat = _direct(open_page)
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
    page, chat = _direct(open_page)
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
    page, chat = _direct(open_page)
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


def test_marks_by_keyboard_can_be_undone(open_page: Opener) -> None:
    page, _ = _direct(open_page)
    field = page.locator(".composer-input")
    for keys, mark in (("b", "**"), ("i", "*"), ("e", "`"), ("Shift+x", "~~")):
        field.fill("")
        page.keyboard.type("one two")
        page.keyboard.press("Control+Shift+ArrowLeft")
        page.keyboard.press(f"Control+{keys}")
        expect(field).to_have_value(f"one {mark}two{mark}")
        page.keyboard.press(f"Control+{keys}")
        expect(field).to_have_value("one two")
        page.keyboard.press("Control+z")
        expect(field).to_have_value(f"one {mark}two{mark}")
        page.keyboard.press("Control+z")
        expect(field).to_have_value("one two")


def test_a_shortcode_becomes_an_emoji(open_page: Opener) -> None:
    page, _ = _direct(open_page)
    field = page.locator(".composer-input")
    page.keyboard.type("well done :tada:")
    expect(field).to_have_value("well done 🎉")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("well done :tada:")
    field.fill("")
    page.keyboard.type("look :fir")
    expect(page.get_by_role("option", name=":fire:")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("look 🔥 ")
    assert asked(page, "post") == [], "Enter was for the list"
    field.fill("")
    page.keyboard.type("at 10:30 https://a.example")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()


def test_the_picker_writes_at_the_caret(open_page: Opener) -> None:
    page, _ = _direct(open_page)
    field = page.locator(".composer-input")
    page.keyboard.type("ab")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Emoji", exact=True).click()
    picker = page.get_by_role("dialog", name="Emoji")
    picker.locator("[data-emoji='🎉']").click()
    expect(field).to_have_value("a🎉b")
    expect(field).to_be_focused()
    page.get_by_role("button", name="Emoji", exact=True).click()
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(field).to_be_focused()


def test_emoji_alone_are_big(open_page: Opener) -> None:
    page, chat = _direct(open_page)
    for body, big in (("🎉🎉🎉", True), ("🎉🎉🎉🎉", False), ("🎉 yes", False)):
        say(page, chat, "priya", body)
        last = page.locator(".message").last
        expect(last.locator(".bubble-text")).to_have_text(body)
        assert (last.get_attribute("data-emoji") is not None) == big


def test_an_at_offers_the_members_of_a_group(open_page: Opener) -> None:
    page, _ = _group(open_page)
    field = page.locator(".composer-input")
    listbox = page.get_by_role("listbox", name="Suggestions")
    page.keyboard.type("hi @")
    expect(listbox.get_by_role("option")).to_have_count(4)
    expect(listbox).not_to_contain_text("Dana")
    page.keyboard.type("a")
    expect(listbox.get_by_role("option")).to_have_text(["AOAmara Okafor@amara"])
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("Tab")
    expect(field).to_have_value("hi @Amara Okafor ")
    expect(listbox).to_be_hidden()
    page.keyboard.type("and @ben")
    listbox.get_by_role("option").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("hi @Amara Okafor and @Ben Carter ")
    page.keyboard.press("Enter")
    bodies = [args[1] for args in asked(page, "post")]
    assert bodies == [f"hi @[{AMARA}] and @[{'u' * 21}K] "]
    expect(page.locator(".message .mention")).to_have_text(["@Amara Okafor", "@Ben Carter"])


def test_escape_leaves_what_was_typed(open_page: Opener) -> None:
    page, _ = _group(open_page)
    page.keyboard.type("@am")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    page.keyboard.type("a")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    page.keyboard.press("Enter")
    assert [args[1] for args in asked(page, "post")] == ["@ama"]


def test_in_a_direct_chat_nobody_is_offered(open_page: Opener) -> None:
    page, _ = _direct(open_page)
    page.keyboard.type("@pri")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()


def test_a_mention_has_the_present_name_and_survives_as_a_draft_and_in_an_edit(open_page: Opener) -> None:
    page, group = _group(open_page)
    field = page.locator(".composer-input")
    page.keyboard.type("@amar")
    page.keyboard.press("Enter")
    page.locator(".chat-link", has_text="Jonas Meyer").click()
    row = page.locator(".chat-row", has_text=GROUP)
    expect(row.locator(".chat-preview")).to_have_text("Draft: @Amara Okafor")
    row.locator(".chat-link").click()
    expect(field).to_have_value("@Amara Okafor ")
    page.keyboard.press("Enter")
    page.evaluate("id => chat.settle(id)", group)
    page.evaluate("() => { PEOPLE.amara.name = 'Amara Adeyemi'; chat.know([]); }")
    page.evaluate("id => chat.changed(id)", group)
    expect(page.locator(".message .mention").last).to_have_text("@Amara Adeyemi")
    page.keyboard.press("ArrowUp")
    expect(field).to_have_value(re.compile("^@Amara Adeyemi"))
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.keyboard.press("Enter")
    assert [args[2].replace(" ", "") for args in asked(page, "edit")] == [f"@[{AMARA}]!"]


def test_who_is_mentioned_sees_it_in_the_message_and_in_the_list(open_page: Opener) -> None:
    page = open_page()
    group = page.evaluate("() => group")
    page.locator(".chat-link", has_text="Amara Okafor").click()
    row = page.locator(".chat-row", has_text=GROUP)
    say(page, group, "priya", "not you")
    expect(row.get_by_label("You are mentioned")).to_be_hidden()
    say(page, group, "priya", f"@[{ME}] look")
    expect(row.get_by_label("You are mentioned")).to_be_visible()
    open_chat(page, group)
    last = page.locator(".message").last
    expect(last.locator(".mention[data-me]")).to_have_text("@Dana Lopez")
    expect(last).to_have_attribute("data-mentioned", "")
    expect(row.get_by_label("You are mentioned")).to_be_hidden()


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
