"""Load and call the Lua. One typed method per script, typed results, typed errors; no policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError, ResponseError

from app.sequencing import keys
from app.stores import line_of, shared_line_of

LUA = Path(__file__).parent / "lua"

KEYS_OF_APPEND = 2


class NeedsSeed(Exception):
    """Redis does not know how far the conversation is."""


class BacklogFull(Exception):
    """The shard's stream is full or its oldest entry too old; ``entries`` is its length."""

    def __init__(self, entries: int) -> None:
        super().__init__(entries)
        self.entries = entries


class ContentDiffers(Exception):
    """The client id is known with another content; ``seq`` is the first one's number (0: still pending)."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


class Fenced(Exception):
    """A newer epoch has held the lease."""

    def __init__(self, epoch: int) -> None:
        super().__init__(epoch)
        self.epoch = epoch


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sent key says: ``state:seq:hash:ordinal:created_at``."""

    committed: bool
    seq: int
    hash: str
    ordinal: int
    created_at: int

    @classmethod
    def parse(cls, value: str) -> "Sent":
        state, seq, hash, ordinal, created_at = value.split(":")
        return cls(state == "committed", int(seq), hash, int(ordinal), int(created_at))

    def format(self) -> str:
        state = "committed" if self.committed else "pending"
        return f"{state}:{self.seq}:{self.hash}:{self.ordinal}:{self.created_at}"


@dataclass(frozen=True, slots=True)
class Append:
    """What the append script is asked: ``payload`` is JSON, ``reply_to`` the process that waits."""

    shard: int
    conversation: str
    sender: str
    client_id: str
    hash: str
    payload: str
    reply_to: str
    backlog_limit: int
    oldest_allowed_ms: int

    @property
    def shared(self) -> tuple[int, str, int, int]:
        """What appends of one call have in common."""
        return self.shard, self.reply_to, self.backlog_limit, self.oldest_allowed_ms

    @property
    def keys(self) -> tuple[str, str]:
        return (
            keys.sequence(self.shard, self.conversation),
            keys.sent(self.shard, self.conversation, self.sender, self.client_id),
        )

    @property
    def arguments(self) -> tuple[str, str, str, str, str]:
        return self.conversation, self.sender, self.client_id, self.hash, self.payload


@dataclass(frozen=True, slots=True)
class Appended:
    """``known`` is None for a new entry, else what became of the first one with this client id."""

    stream_id: str
    known: Sent | None


@dataclass(frozen=True, slots=True)
class LeaseAnswer:
    """``held`` by the caller; ``left_ms`` of the present holder's life; the ``epoch`` that stands."""

    held: bool
    left_ms: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Settled:
    """One entry to trim: ``sent`` is None where it was refused."""

    conversation: str
    sender: str
    client_id: str
    stream_id: str
    sent: Sent | None


class Scripts:
    """The four scripts, bound to a Redis client that decodes responses."""

    def __init__(self, redis: Redis) -> None:
        self._line = line_of(redis)
        self._shared_line = shared_line_of(redis)
        self._append = redis.register_script(_source("append"))
        self._seed = redis.register_script(_source("seed"))
        self._lease = redis.register_script(_source("lease"))
        self._acknowledge = redis.register_script(_source("acknowledge"))

    def lane_of(self, append: Append) -> Any:
        """Who appends on one lane asks the same server."""
        return self._line.lane_of(keys.stream(append.shard))

    def append(self, append: Append) -> Appended:
        """Append once per client id. Raises NeedsSeed, BacklogFull, ContentDiffers."""
        (answer,) = self.append_many([append])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def append_many(self, appends: Sequence[Append]) -> list[Appended | Exception]:
        """Append each, those of a shard in this order, in one round trip with one call for each shard.

        A refused one has its error in its place. Raises RedisError where the round trip fails: what became of each is
        then unknown, and asking again is safe.
        """
        groups: dict[Any, list[int]] = {}
        for i, append in enumerate(appends):
            groups.setdefault(append.shared, []).append(i)
        calls = [[appends[i] for i in group] for group in groups.values()]
        answers: dict[int, Appended | Exception] = {}
        for group, answer in zip(groups.values(), self._append_calls(calls), strict=True):
            each = [answer] * len(group) if isinstance(answer, Exception) else map(_appended, answer)
            answers.update(zip(group, each, strict=True))
        return [answers[i] for i in range(len(appends))]

    def _append_calls(self, calls: Sequence[Sequence[Append]]) -> list[Any]:
        """The answer to each call, a list with one for each of its appends, or its error."""
        answers = self._pipeline(calls)
        forgotten = [i for i, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if forgotten:
            again = self._pipeline([calls[i] for i in forgotten], by_source=True)
            for i, answer in zip(forgotten, again, strict=True):
                answers[i] = answer
        return answers

    def _pipeline(self, calls: Sequence[Sequence[Append]], *, by_source: bool = False) -> list[Any]:
        """``by_source``: Redis forgot the script, and could again between a loading and a call."""
        script = ("EVAL", self._append.script) if by_source else ("EVALSHA", self._append.sha)
        commands: list[list[Any]] = []
        for appends in calls:
            shard, *limits = appends[0].shared
            command: list[Any] = [*script, 1 + KEYS_OF_APPEND * len(appends), keys.stream(shard)]
            for append in appends:
                command += append.keys
            command += limits
            for append in appends:
                command += append.arguments
            commands.append(command)
        return self._line.ask(commands, retries=1)

    def seed(self, shard: int, conversation: str, maximum: int) -> int:
        """Tell Redis MongoDB's majority maximum; answers the number that stands."""
        return int(self._shared_line.call(self._seed, 1, keys.sequence(shard, conversation), maximum, retries=1))

    def lease(self, shard: int, process: str, epoch: int, life_ms: int) -> LeaseAnswer:
        """Take or keep the lease for ``life_ms`` (0 hands it back). Raises Fenced."""
        call = (2, keys.lease(shard), keys.lease_meta(shard), f"{process}:{epoch}", life_ms, epoch)
        try:
            held, left_ms, current = self._shared_line.call(self._lease, *call, retries=1)
        except ResponseError as error:
            raise _typed(error) from None
        return LeaseAnswer(bool(held), int(left_ms), int(current))

    def acknowledge(self, shard: int, heads: dict[str, int], settled: Sequence[Settled], *, sent_life_s: int) -> int:
        """Trim settled entries; ``heads`` maps each of their conversations to its committed number."""
        by_conversation: dict[str, list[Settled]] = {}
        for item in settled:
            by_conversation.setdefault(item.conversation, []).append(item)
        script_keys: list[str] = [keys.stream(shard)]
        arguments: list[str | int] = [sent_life_s, len(by_conversation)]
        for conversation, items in by_conversation.items():
            script_keys.append(keys.sequence(shard, conversation))
            arguments += [heads[conversation], len(items)]
            for item in items:
                script_keys.append(keys.sent(shard, conversation, item.sender, item.client_id))
                arguments += [item.stream_id, item.sent.format() if item.sent else ""]
        return int(self._shared_line.call(self._acknowledge, len(script_keys), *script_keys, *arguments))


def _source(name: str) -> str:
    return (LUA / f"{name}.lua").read_text()


def _appended(answer: list[str]) -> Appended | Exception:
    match answer:
        case ["OK", stream_id]:
            return Appended(stream_id, None)
        case ["DUP", sent]:
            return Appended("", Sent.parse(sent))
        case ["CIDREUSE", seq]:
            return ContentDiffers(int(seq))
        case ["BACKLOG", entries]:
            return BacklogFull(int(entries))
    return NeedsSeed()


def _typed(error: ResponseError) -> Exception:
    """A script's error reply as its type; another error as it is."""
    word, _, rest = str(error).removeprefix("ERR ").partition(" ")
    return Fenced(int(rest)) if word == "FENCED" else error
