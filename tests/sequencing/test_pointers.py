"""Who has no socket when something happens is queued, and due to be told by push; nobody else is."""

from redis import Redis

from app.domain.entries import Entry
from app.sequencing import keys
from app.sequencing.committer import Announcement
from app.sequencing.pointers import Pointers


def said(seq: int, sender: str, hidden_from: tuple[str, ...] = ()) -> Entry:
    return Entry("chat", seq, seq, "text", sender, f"id-{seq}", "hello", seq, hidden_from=hidden_from)


def test_who_is_away_is_queued_and_due_and_who_is_here_wrote_it_or_may_not_see_it_is_not(
    redis: Redis, database: None
) -> None:
    redis.hset(keys.sockets("here"), "tab", "server|1|1")
    pointers = Pointers(redis)
    everybody = frozenset({"sender", "here", "away", "blind"})
    entries = (said(6, "sender", hidden_from=("blind",)), said(7, "sender", hidden_from=("blind",)))
    pointers.note([Announcement("chat", 0, everybody, entries)])
    pointers.stop()
    assert redis.zrange(keys.queue("away"), 0, -1, withscores=True) == [("chat", 7.0)]
    assert redis.zrange(keys.PUSH_DUE, 0, -1) == ["away"]
    for user in ("sender", "here", "blind"):
        assert not redis.exists(keys.queue(user))


def test_who_is_being_told_already_is_due_at_once_again(redis: Redis, database: None) -> None:
    seconds, _ = redis.time()
    redis.zadd(keys.PUSH_DUE, {"away": (seconds + 60) * 1000, "earlier": 1})
    pointers = Pointers(redis)
    pointers.note([Announcement("chat", 0, frozenset({"away", "earlier"}), (said(8, "sender"),))])
    pointers.stop()
    due = dict(redis.zrange(keys.PUSH_DUE, 0, -1, withscores=True))
    assert due["earlier"] == 1
    assert due["away"] <= (seconds + 30) * 1000
