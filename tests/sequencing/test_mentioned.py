"""Hints that follow the log: who was mentioned last where."""

from redis import Redis

from app.domain.entries import Entry
from app.models import Membership
from app.sequencing.committer import Announcement
from app.sequencing.pointers import Pointers
from tests.sequencing.conftest import Log


def _entry(log: Log, seq: int, body: str, *, sender: int = 0, **more: object) -> Entry:
    fields = {"kind": "text", "client_id": str(seq), "created_at": seq, **more}
    return Entry(log.conversation, seq, seq, sender=log.members[sender], body=body, **fields)  # type: ignore[arg-type]


def _mentioned(log: Log) -> list[int | None]:
    return [Membership.objects.get(conversation=log.conversation, user=user).mentioned for user in log.members]


def _note(redis: Redis, log: Log, *entries: Entry) -> None:
    pointers = Pointers(redis)
    pointers.note([Announcement(log.conversation, 0, frozenset(log.members), entries)])
    pointers.stop()


def test_the_last_text_that_mentions_somebody_is_noted(redis: Redis, log: Log) -> None:
    ann, ben = log.members
    _note(redis, log, _entry(log, 1, f"@[{ben}]"), _entry(log, 2, f"@[{ben}] @[{ann}]"), _entry(log, 3, "nobody"))
    assert _mentioned(log) == [None, 2], "whoever mentions themselves is not called"
    _note(redis, log, _entry(log, 1, f"@[{ben}]"))
    assert _mentioned(log) == [None, 2], "and it never goes back"


def test_nobody_is_mentioned_from_whom_it_is_hidden_nor_by_what_is_no_text(redis: Redis, log: Log) -> None:
    ben = log.members[1]
    hidden = _entry(log, 1, f"@[{ben}]", hidden_from=(ben,))
    _note(redis, log, hidden, _entry(log, 2, f"@[{ben}]", kind="titled"))
    assert _mentioned(log) == [None, None]


def test_who_is_edited_in_is_mentioned_where_the_text_stands(redis: Redis, log: Log) -> None:
    ben = log.members[1]
    edited = _entry(log, 4, f"@[{ben}]", kind="edited", target=2)
    _note(redis, log, edited)
    assert _mentioned(log) == [None, 2]
    _note(redis, log, _entry(log, 3, f"@[{ben}]"), edited)
    assert _mentioned(log) == [None, 3], "an older text that is edited does not take the place of a newer one"


def test_who_is_no_member_has_no_place_and_gets_none(redis: Redis, log: Log) -> None:
    _note(redis, log, _entry(log, 1, f"@[{'x' * 22}]"))
    assert Membership.objects(user="x" * 22).count() == 0
