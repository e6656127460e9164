"""A refused message says so and can be tried again; one whose answer was lost is still one message."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.interception import DROP, Ack, Answer, Command, Fact, Frame, Interception, let_pass

NOTHING_NEW: Answer = {"ok": True, "heads": {}}
REFUSAL: Answer = {"ok": False, "code": "forbidden", "message": "Not now."}


def _refuse_posts(frame: Frame) -> Answer | None:
    return REFUSAL if isinstance(frame, Command) and frame.name == "post" else None


def test_a_refused_message_shows_not_sent_and_try_again_sends_it(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    wire = Interception(ann.page, _refuse_posts)
    ann.reload()
    ann.say("hello")
    ann.wait_for_tick("hello", "refused")
    expect(ann.message("hello").locator("[data-part=refused]")).to_contain_text("Not sent. Not now.")
    # It outlives a reload, and is not sent by itself.
    ann.reload()
    ann.wait_for_tick("hello", "refused")
    ann.wait_for_standing("up_to_date")
    assert wire.sent("post") == []

    wire.judge = let_pass
    ann.message("hello").get_by_role("button", name="Try again").click()
    ann.wait_for_tick("hello", "delivered")
    expect(ann.message("hello").locator("[data-part=refused]")).to_be_hidden()
    ben.open_chat(conversation)
    ben.wait_for_messages(["hello"])


def test_a_refused_message_does_not_hold_up_the_next_and_delete_takes_it_away(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    wire = Interception(ann.page, _refuse_posts)
    ann.reload()
    ann.say("unwanted")
    ann.wait_for_tick("unwanted", "refused")
    wire.judge = let_pass
    ann.say("wanted")
    ann.wait_for_tick("wanted", "delivered")
    ann.message("unwanted").get_by_role("button", name="Delete").click()
    ann.wait_for_messages(["wanted"])
    ann.reload()
    ann.wait_for_messages(["wanted"])
    ben.open_chat(conversation)
    ben.wait_for_messages(["wanted"])


def test_a_message_that_is_too_long_is_refused_in_words_and_never_asked_for(person: Joiner) -> None:
    ann = person("Ann")
    ann.open_note_to_self()
    wire = Interception(ann.page, let_pass)
    ann.reload()
    # Typing and pasting end at the field's limit; a script or an extension does not.
    ann.composer.evaluate("field => { field.value = 'x'.repeat(8001); }")
    ann.composer.press("Enter")
    notice = ann.page.locator(".message [data-part=refused]")
    expect(notice).to_contain_text("at most 8,000 characters")
    expect(notice.get_by_role("button")).to_have_text(["Delete"])
    notice.get_by_role("button", name="Delete").click()
    ann.say("short")
    ann.wait_for_tick("short", "sent")
    assert ann.messages() == ["short"]
    assert [command.payload["body"] for command in wire.sent("post")] == ["short"]


def test_the_reply_refused_after_the_commit_and_ten_clicks_make_one_message(person: Joiner) -> None:
    """The server stores it each time it is asked; what the page hears is a refusal, and no fact of it either."""

    def deny_what_was_done(frame: Frame) -> str | Answer | None:
        if isinstance(frame, Ack) and frame.command.name == "post":
            return {**REFUSAL, "message": f"Refusal {len(wire.answers('post'))}."}
        if isinstance(frame, Command) and frame.name == "heads":
            return NOTHING_NEW  # unanswered, it would be a lost connection, and coming back tells the truth
        lost = isinstance(frame, Fact) and frame.name in ("entries", "heads")
        return DROP if lost or (isinstance(frame, Command) and frame.name == "sync") else None

    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    wire = Interception(ann.page, let_pass)
    ann.reload()
    ann.wait_for_standing("up_to_date")
    wire.judge = deny_what_was_done
    ann.say("once")
    message = ann.message("once")
    for tries in range(1, 11):
        # Each refusal by its own words: the last one's may still stand there when the button was just clicked.
        expect(message.locator("[data-part=refused]")).to_contain_text(f"Refusal {tries}.")
        assert len(wire.sent("post")) == tries
        if tries == 10:
            wire.judge = let_pass
        message.get_by_role("button", name="Try again").click()
    ann.wait_for_tick("once", "delivered")
    assert len({command.payload["client_id"] for command in wire.sent("post")}) == 1
    answers = wire.answers("post")
    assert len(answers) == 11
    assert {answer["seq"] for answer in answers} == {1}, answers

    ann.say("after")
    ann.wait_for_tick("after", "delivered")
    ann.wait_for_messages(["once", "after"])
    ann.reload()
    ann.wait_for_messages(["once", "after"])
    ben.open_chat(conversation)
    ben.wait_for_messages(["once", "after"])


def test_a_reply_that_is_lost_is_asked_for_again_under_the_same_name(person: Joiner) -> None:
    def lose_what_was_said(frame: Frame) -> str | None:
        lost = isinstance(frame, Ack) and frame.command.name == "post"
        return DROP if lost or (isinstance(frame, Fact) and frame.name == "entries") else None

    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    wire = Interception(ann.page, let_pass)
    ann.reload()
    ann.wait_for_standing("up_to_date")
    wire.judge = lose_what_was_said
    ann.say("once")
    ben.open_chat(conversation)
    ben.wait_for_messages(["once"])
    assert len(wire.sent("post")) == 1
    ann.wait_for_tick("once", "sending")
    wire.judge = let_pass
    ann.wait_for_tick("once", "read", within_ms=40_000)
    ann.wait_for_messages(["once"])
    assert ben.messages() == ["once"]
