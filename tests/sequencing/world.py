"""The world of the stateful test: clients, committers and bad luck, on real stores."""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
from redis import Redis

from app.domain.entries import Entry
from app.domain.ids import content_hash, new_id, shard_of
from app.models import Conversation, Membership
from app.models.messages import from_document, messages
from app.sequencing import keys
from app.sequencing.heads import find_head
from app.sequencing.scripts import Append, ContentDiffers, NeedsSeed, Scripts, Sent
from app.sequencing.store import Store
from tests.sequencing.conftest import SHARDS
from tests.sequencing.promises import Asked, Promises
from tests.sequencing.stepping import REFUSED_BODY, Courier, Fate, SteppedCommitter

CONVERSATIONS = 3
SENDERS = 3
PROCESS = "web"
DRAINED_WITHIN_TURNS = 60


class World:
    """``leases``: a committer ends once another has taken over. Without, all go on, which the design bears too.

    ``said``: the application's log lines, as structlog captures them.
    """

    def __init__(self, redis: Redis, url: str, courier: Courier, said: list[Any]) -> None:
        redis.flushall()
        said.clear()
        courier.held.clear()
        self.redis, self._url, self.courier, self._said = redis, url, courier, said
        self._scripts = Scripts(redis)
        self.leases = True
        self.backup: dict[Any, Any] | None = None
        self.users = [new_id() for _ in range(SENDERS)]
        self.conversations = list(_conversations(self.users))
        self.promises = Promises(self.conversations)
        self._committers: dict[int, list[SteppedCommitter]] = {shard: [] for shard in range(SHARDS)}
        self._all: list[SteppedCommitter] = []
        self._replies = redis.pubsub()
        self._replies.subscribe(keys.replies(PROCESS))
        self._hear()

    def shard(self, conversation: int) -> int:
        return _shard(self.conversations[conversation])

    # What clients do.

    def say(self, conversation: int, sender: int, *, refused: bool = False) -> None:
        body = REFUSED_BODY if refused else f"m{len(self.promises.asked)}"
        self.ask(self.promises.ask(self.conversations[conversation], self.users[sender], str(uuid.uuid4()), body))

    def ask(self, asked: Asked, *, other_body: bool = False) -> None:
        """What the sequencer does with a command: append, seed where Redis does not know, take what is known."""
        body = asked.body + " or not" * other_body
        asked.bodies.add(content_hash("text", body))
        asked.refused = asked.never = False
        try:
            known = self._append(asked, body)
        except NeedsSeed:
            self._scripts.seed(_shard(asked.conversation), asked.conversation, find_head(asked.conversation))
            known = self._append(asked, body)
        except ContentDiffers as error:
            if error.seq:
                self.promises.answer(asked, error.seq)
            return
        if known is None:
            self.promises.appended(asked)
        elif known.committed:
            self.promises.answer(asked, known.seq)

    def _append(self, asked: Asked, body: str) -> Sent | None:
        payload = orjson.dumps({"kind": "text", "body": body}).decode()
        shard, hash = _shard(asked.conversation), content_hash("text", body)
        return self._scripts.append(Append(shard, *asked.key, hash, payload, PROCESS, 10_000, 3_600_000)).known

    # What processes do.

    def take_over(self, shard: int) -> SteppedCommitter:
        """Another process claims the shard; with leases, whoever had it ends after the batch it is at."""
        former = [committer for committer in self._committers[shard] if committer.alive]
        committer = SteppedCommitter(
            shard,
            self.redis.connection_pool,
            Store(itertools.cycle((7, 3, 9)).__next__, self.courier.insert),
            lambda told: self.promises.announced.extend(entry for one in told for entry in one.entries),
            self._holds_lease,
            "ab"[len(self._all) % 2],
        )
        self._all.append(committer)
        self._committers[shard] = [*former, committer]
        if self.leases:
            for other in former:
                if not other.paused:
                    other.turn()
        return committer

    def commit(self, shard: int, pick: int, fate: Fate | None = None) -> bool:
        committers = self._committers[shard][-1:] if self.leases else self._committers[shard]
        able = [committer for committer in committers if committer.alive and not committer.paused]
        committer = able[-1 - pick % len(able)] if able else self.take_over(shard)
        return committer.turn(fate)

    def race(self, conversation: int, sender: int, *, redis_lost: bool) -> None:
        """Two hold batches for the same number at once: followers of one stream, or a zombie and its successor."""
        shard = self.shard(conversation)
        first = self.take_over(shard)
        first.turn()
        second = None if self.leases else self.take_over(shard)
        if second:
            second.turn()
        self.say(conversation, sender)
        first.turn(Fate("before the insert", "pause"))
        if redis_lost:
            self.lose_redis()
        if second is None:
            second = self.take_over(shard)
            second.turn()
        self.say(conversation, sender)
        for _ in range(2 + redis_lost):
            second.turn()
        if first.paused:
            first.turn()

    def zombies(self) -> list[SteppedCommitter]:
        return [committer for committer in self._all if committer.alive and committer.paused]

    def _holds_lease(self, committer: SteppedCommitter) -> bool:
        return not self.leases or self._committers[committer.shard][-1] is committer

    # What happens to Redis and to rooms.

    def lose_redis(self) -> None:
        self.promises.lose_redis()
        self.redis.flushall()

    def back_up(self) -> None:
        with Redis.from_url(self._url) as raw:
            dumped: Any = raw.keys("*")
            self.backup = {key: raw.dump(key) for key in dumped}

    def restore(self) -> None:
        """Everything in Redis is as it was at the backup."""
        self.lose_redis()
        with Redis.from_url(self._url) as raw:
            for key, value in (self.backup or {}).items():
                raw.restore(key, 0, value)

    def set_hash_back(self, conversation: int, committed: int | None) -> None:
        """None: Redis no longer knows the conversation. Else what it knows is at most ``committed``."""
        id = self.conversations[conversation]
        key = keys.sequence(_shard(id), id)
        known: Any = self.redis.hget(key, "committed")
        if committed is None:
            self.redis.delete(key)
        elif known is not None:
            self.redis.hset(key, "committed", str(min(int(known), committed)))

    def seed(self, conversation: int, late: int) -> None:
        id = self.conversations[conversation]
        self._scripts.seed(_shard(id), id, max(0, find_head(id) - late))

    def change_members(self, conversation: int, sender: int, member: bool, told: bool) -> None:
        """``told``: the note of it reaches the committers; a lost one must cost no more than a late refusal."""
        id = self.conversations[conversation]
        until = None if member else find_head(id)
        Membership.objects(conversation=id, user=self.users[sender]).update(until_seq=until)
        for committer in self._all if told else ():
            committer.store.forget(id)

    # Whether all is well, and how it ends.

    def check(self) -> None:
        failed = [line for line in self._said if line["event"] == "commit_failed"]
        assert not failed, failed
        self._hear()
        stored: dict[str, list[Entry]] = {id: [] for id in self.conversations}
        for document in messages().find({"c": {"$in": self.conversations}}).sort("_id", 1):
            stored[document["c"]].append(from_document(document))
        self.promises.ordered = self.leases
        self.promises.check(stored)

    def heal(self) -> None:
        """Everybody comes back, everything arrives, and clients ask again for what was not answered."""
        while self.courier.held:
            self.courier.deliver()
        for zombie in self.zombies():
            zombie.turn()
        self._drain()
        self.check()
        for asked in self.promises.asked.values():
            if asked.seq is None and not asked.refused:
                self.ask(asked)
        self._drain()
        self.check()

    def check_healed(self) -> None:
        self.promises.check_healed()
        for id in self.conversations:
            sequence: Any = self.redis.hgetall(keys.sequence(_shard(id), id))
            if sequence:
                assert sequence["pending"] == "0", sequence
                assert int(sequence["committed"]) <= len(self.promises.log[id]), f"there is not so much: {sequence}"
        for shard in range(SHARDS):
            assert self.redis.xlen(keys.stream(shard)) == 0, "the stream is not empty"
        for key in self.redis.scan_iter("sent:*"):
            _, _, conversation, *place = key.split(":")
            value: Any = self.redis.get(key)
            sent = Sent.parse(value)
            assert sent.committed, f"a client would be told to wait for ever: {key}"
            entry = self.promises.log[conversation][sent.seq - 1]
            stored = [entry.sender, entry.client_id, content_hash("text", entry.body)]
            assert stored == [*place, sent.hash], f"a client would be told of another's entry: {key}: {sent}, {entry}"

    def close(self) -> None:
        for committer in self._all:
            committer.kill()
        self._replies.close()

    def _drain(self) -> None:
        for shard in range(SHARDS):
            for _ in range(DRAINED_WITHIN_TURNS):
                if self.redis.xlen(keys.stream(shard)) == 0:
                    break
                self.commit(shard, 0)

    def _hear(self) -> None:
        """Everything that was answered so far. The mark tells where "so far" ends."""
        self.redis.publish(keys.replies(PROCESS), "mark")
        while True:
            message: Any = self._replies.get_message(timeout=5)
            assert message is not None, "the mark is lost"
            if message["data"] == "mark":
                return
            if message["type"] != "message":
                continue
            old_copies = bool(self.zombies() or self.courier.held or self.backup)
            for note in orjson.loads(message["data"]):
                self.promises.hear(note, old_copies=old_copies)


def _shard(conversation: str) -> int:
    return shard_of(conversation, SHARDS)


def _conversations(users: list[str]) -> Iterator[str]:
    """Conversations with everybody in them: the first alone on its shard, the others together."""
    for n in range(CONVERSATIONS):
        id = next(id for id in iter(new_id, "") if _shard(id) == min(n, 1))
        Conversation(id=id, kind="group", title="t", created_by=users[0]).save(force_insert=True)
        for user in users:
            Membership(conversation=id, user=user).save()
        yield id
