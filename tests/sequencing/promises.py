"""What was promised to whom, and whether it is kept. The model of a log is a plain list that only grows at its end."""

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

from app.domain.entries import Entry, Receipt
from app.domain.errors import ClientIdReused
from app.domain.ids import content_hash
from app.sequencing.outcomes import decode_outcome

Key = tuple[str, str, str]


@dataclass
class Asked:
    """One client id of one sender, and all that was said about it."""

    conversation: str
    sender: str
    client_id: str
    body: str
    invoked: int
    bodies: set[str] = field(default_factory=set)
    appended: list[tuple[int, int]] = field(default_factory=list)
    """(life of Redis, moment) of each time the script took it as new."""
    seq: int | None = None
    answered: float = math.inf
    refused: bool = False
    never: bool = False
    """It was refused while nobody held an older copy: it must not be stored, unless it is asked again."""
    excused: bool = False
    """Its announcement may be missing or late, and others may overtake it: Redis was lost before it was announced, it was
    refused once, or it was read by nobody."""

    @property
    def key(self) -> Key:
        return (self.conversation, self.sender, self.client_id)


class Promises:
    """``log`` is the model. ``ordered``: one committer at a time reads the stream, so announcements are in order too."""

    def __init__(self, conversations: list[str]) -> None:
        self.log: dict[str, list[Entry]] = {id: [] for id in conversations}
        self.asked: dict[Key, Asked] = {}
        self.announced: list[Entry] = []
        self.ordered = True
        self._moments, self._life = itertools.count(1), 1

    # What happens.

    def ask(self, conversation: str, sender: str, client_id: str, body: str) -> Asked:
        asked = Asked(conversation, sender, client_id, body, next(self._moments))
        self.asked[asked.key] = asked
        return asked

    def appended(self, asked: Asked) -> None:
        asked.appended.append((self._life, next(self._moments)))

    def answer(self, asked: Asked, seq: int) -> None:
        assert asked.seq in (None, seq), f"two numbers for one client id: {asked}, {seq}"
        asked.seq = seq
        asked.answered = min(asked.answered, next(self._moments))

    def hear(self, note: dict[str, Any], *, old_copies: bool) -> None:
        """A committer's note. ``old_copies``: somebody holds a batch, an insert or a backup from before it."""
        asked = self.asked[note["conversation"], note["sender"], note["client_id"]]
        outcome = decode_outcome(note)
        if isinstance(outcome, Receipt):
            self.answer(asked, outcome.seq)
        elif isinstance(outcome, ClientIdReused):
            self.answer(asked, note["refusal"]["details"]["seq"])
        else:
            asked.refused = asked.excused = True
            asked.never = len(asked.appended) == 1 and not old_copies

    def lose_redis(self) -> None:
        announced = {(entry.conversation, entry.sender, entry.client_id) for entry in self.announced}
        for asked in self.asked.values():
            asked.excused |= asked.key not in announced
        self._life += 1

    # What must hold.

    def check(self, stored: dict[str, list[Entry]]) -> None:
        """At every moment; ``stored`` is what MongoDB has, by number."""
        for id, entries in stored.items():
            numbers = list(range(1, len(entries) + 1))
            assert entries[: len(self.log[id])] == self.log[id], f"what was stored has changed: {entries}"
            assert [entry.seq for entry in entries] == numbers, f"a hole, or out of order: {entries}"
            assert [entry.ordinal for entry in entries] == numbers, f"miscounted: {entries}"
            times = [entry.created_at for entry in entries]
            assert times == sorted(times), f"time went back: {entries}"
            places = {(entry.sender, entry.client_id) for entry in entries}
            assert len(places) == len(entries), f"stored twice: {entries}"
        self.log = stored
        self._check_answers()
        for entries in self.log.values():
            self._check_order([self._of(entry) for entry in entries])
        self._check_announcements()

    def check_healed(self) -> None:
        """Once everybody has come back and asked again."""
        announced = {(entry.conversation, entry.seq) for entry in self.announced}
        for id, entries in self.log.items():
            missing = [e for e in entries if (id, e.seq) not in announced and not self._of(e).excused]
            assert not missing, f"never announced: {missing}"
        waiting = [asked for asked in self.asked.values() if asked.seq is None and not asked.refused]
        assert not waiting, f"never answered: {waiting}"

    def _check_answers(self) -> None:
        for asked in self.asked.values():
            if asked.seq is None:
                continue
            assert asked.seq <= len(self.log[asked.conversation]), f"answered and not stored: {asked}"
            entry = self.log[asked.conversation][asked.seq - 1]
            assert (entry.sender, entry.client_id) == asked.key[1:], f"answered with another's number: {asked}, {entry}"
        for entry in itertools.chain(*self.log.values()):
            asked = self._of(entry)
            assert content_hash("text", entry.body) in asked.bodies, f"nobody wrote this: {entry}"
            assert not asked.never, f"refused, and stored all the same: {asked}"

    def _check_order(self, log: list[Asked]) -> None:
        """What was answered before another was first asked for stands before it; so does what was appended before."""
        answered_later = math.inf
        for asked in reversed(log):
            assert asked.invoked < answered_later, f"overtaken by what was asked later: {asked}"
            answered_later = min(answered_later, asked.answered)
        by_life: dict[int, list[int]] = {}
        for asked in log if self.ordered else ():
            if len(asked.appended) == 1 and not asked.excused:
                life, moment = asked.appended[0]
                by_life.setdefault(life, []).append(moment)
        assert all(moments == sorted(moments) for moments in by_life.values()), f"not as the stream was: {log}"

    def _check_announcements(self) -> None:
        """Each says what the log says. The first of each, in the order they were said, are in the log's order."""
        first: dict[str, list[int]] = {}
        for entry in self.announced:
            assert entry in self.log[entry.conversation], f"announced and not stored: {entry}"
            seqs = first.setdefault(entry.conversation, [])
            if entry.seq not in seqs and not self._of(entry).excused:
                seqs.append(entry.seq)
        if self.ordered:
            assert all(seqs == sorted(seqs) for seqs in first.values()), f"announced out of order: {first}"

    def _of(self, entry: Entry) -> Asked:
        return self.asked[entry.conversation, entry.sender, entry.client_id]
