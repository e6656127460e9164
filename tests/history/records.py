"""What processes write down while a run lasts: JSON lines, one typed record a line, one machine-wide clock.

``t`` is ``time.monotonic()`` in seconds, which on one machine is the same clock for all processes. It is taken when the
record is made: make an ``Invoke`` before sending, and an ``Ok`` after hearing.
"""

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeVar, cast


class Entry(NamedTuple):
    """One entry of a log, as the majority of the store has it at the end."""

    seq: int
    client_id: str
    sender: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Anything written down; ``t`` is now unless said otherwise."""

    t: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke(Record):
    """An attempt to post. Retries of one message have its ``n`` and ``client_id``, and an ``op`` of their own."""

    op: str
    conversation: str
    user: str
    device: str
    n: int
    client_id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ok(Record):
    """The attempt was acknowledged with a number."""

    op: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail(Record):
    """A definite refusal: this content is never stored under this client id."""

    op: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Info(Record):
    """It may or may not have happened; the device asks again."""

    op: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(Record):
    """An entry nobody posts, such as a group's ``created``: it may stand in the log without an ``Invoke``."""

    conversation: str
    client_id: str
    hash: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Record):
    """A device's view of a conversation begins after ``cursor``, freshly or again."""

    session: str
    user: str
    device: str
    conversation: str
    cursor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply(Record):
    """The session took over an entry. ``hash`` is None where the content was withheld from it."""

    session: str
    conversation: str
    seq: int
    client_id: str
    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Final(Record):
    """Where a session that is alive at the end stands."""

    session: str
    conversation: str
    cursor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Emit(Record):
    """Seen on the servers' broadcast channel."""

    conversation: str
    seq: int
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Record):
    """The user may see ``from_seq`` to ``until_seq``, both included; None is open. The last word on a start counts."""

    conversation: str
    user: str
    from_seq: int
    until_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump(Record):
    """D of one conversation: the majority read at the end, in the order it was read."""

    conversation: str
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", tuple(Entry(*entry) for entry in self.entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Record):
    """Lengths of the write-ahead streams and resident memory, every second or so."""

    streams: dict[str, int]
    rss_bytes: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Record):
    """Something was broken on purpose."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bite(Record):
    """Proof that the fault of that name had an effect."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed(Record):
    """Nothing is broken on purpose any more."""


KINDS: tuple[type[Record], ...] = (
    Invoke, Ok, Fail, Info, Given, Session, Apply, Final, Emit, Membership, Dump, Sample, Fault, Bite, Healed,
)  # fmt: skip
_KIND_OF = {kind.__name__.lower(): kind for kind in KINDS}
_FIELDS_OF = {kind: tuple(each.name for each in fields(kind)) for kind in KINDS}

R = TypeVar("R", bound=Record)


class History:
    """The records of a run in the order of time; records of one instant keep the order they came in."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records: list[Record] = sorted(records, key=attrgetter("t"))
        self._by_kind: dict[type[Record], list[Record]] = {kind: [] for kind in KINDS}
        for record in self.records:
            self._by_kind[type(record)].append(record)

    def all(self, kind: type[R]) -> list[R]:
        """Every record of that kind, in the order of time."""
        return cast("list[R]", self._by_kind[kind])

    @property
    def begins(self) -> float:
        return self.records[0].t if self.records else 0.0

    @property
    def ends(self) -> float:
        return self.records[-1].t if self.records else 0.0


class Recorder:
    """Appends records to one file, whole lines, flushed one by one: a killed process loses at most its last line.

    Threads may share one; processes have a file each, a restarted one a new file.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - close() closes it

    def append(self, record: Record) -> None:
        kind = type(record)
        line = {"type": kind.__name__.lower()} | {name: getattr(record, name) for name in _FIELDS_OF[kind]}
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            self._file.write(data)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read(paths: Iterable[Path | str]) -> History:
    """Merge the files of several processes by time.

    A last line without its end is what a killed process leaves, and is passed over. Anything else that is no record
    raises ``ValueError`` with file and line: a checker that skips what it does not understand checks nothing.
    """
    records: list[Record] = []
    for path in paths:
        *lines, _torn = Path(path).read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            try:
                records.append(_record(line))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ValueError(f"{path}:{number}: {error!r}: {line[:200]!r}") from error
    return History(records)


def _record(line: bytes) -> Record:
    content = json.loads(line)
    kind = _KIND_OF[content.pop("type")]
    if "t" not in content:  # its default is now, which would be a lie here
        raise KeyError("t")
    return kind(**content)
