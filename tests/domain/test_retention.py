"""How long texts are kept: pure rules."""

from app.domain.entries import Entry
from app.domain.errors import Conflict, Invalid
from app.domain.folds import Fold, View
from app.domain.retention import DAY_MS, HOUR_MS, emptied, is_over, kept_since, longer, refusal, shorter
from app.domain.revisions import refusal as revision_refused
from app.domain.threads import Replies

NOW = 1_800_000_123_456


def test_texts_and_what_changed_them_are_over_and_what_a_group_did_is_not() -> None:
    assert is_over("text", 5, None, 5)
    assert not is_over("text", 6, None, 5)
    assert not is_over("text", 6, 5, 5), "a reply is kept where what it answers is not"
    assert is_over("edited", 9, 5, 5)
    assert is_over("reacted", 9, 5, 5)
    assert not is_over("edited", 9, 6, 5)
    assert not any(
        is_over(kind, 1, None, 5) for kind in ("added", "titled", "settings", "closed", "expired", "withheld")
    )


def test_an_emptied_entry_keeps_its_place_and_how_many_replies_it_has() -> None:
    entry = Entry(
        "c", 3, 2, "text", "ada", "id", "secret", 7, target=1, fold=Fold(View("secret", 5), "secret"), forwarded=True
    )
    wire = emptied(entry).to_wire()
    assert wire == {
        "seq": 3, "ordinal": 2, "kind": "text", "sender": "ada", "client_id": "id", "body": "", "created_at": 7, "target": 1,
        "expired": True,
    }  # fmt: skip
    assert emptied(Entry("c", 3, 2, "text", "ada", "id", "secret", 7, replies=Replies(2, 9))).to_wire()["replies"] == 2


def test_what_is_over_is_said_once_and_of_what_is_there() -> None:
    assert refusal(5, 5, 0) is None
    assert isinstance(refusal(5, 9, 5), Conflict)
    assert isinstance(refusal(4, 9, 5), Conflict)
    assert isinstance(refusal(10, 9, 5), Invalid)
    assert isinstance(refusal(0, 9, 0), Invalid)


def test_nothing_is_written_about_what_is_no_longer_kept() -> None:
    over = emptied(Entry("c", 3, 2, "text", "ada", "id", "secret", 7))
    for kind in ("edited", "deleted", "reacted", "pinned", "text"):
        assert isinstance(revision_refused(kind, "ada", "x", over, {}, group=False), Conflict)


def test_the_shorter_holds_and_zero_is_for_ever() -> None:
    assert [shorter(0, 0), shorter(30, 0), shorter(0, 7), shorter(30, 7)] == [0, 30, 7, 7]
    assert [longer(0, 7), longer(7, 30), longer(30, 0)] == [0, 30, 0]


def test_what_is_kept_goes_on_in_steps_and_nothing_goes_before_its_time() -> None:
    for days, step in ((1, HOUR_MS), (7, 7 * HOUR_MS), (30, DAY_MS), (3_650, DAY_MS)):
        since = kept_since(days, NOW)
        assert NOW - days * DAY_MS - step < since <= NOW - days * DAY_MS
        assert kept_since(days, NOW + 1) == since
