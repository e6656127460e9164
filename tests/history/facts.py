"""Records joined: answers to their attempts, attempts to messages, applied entries to views."""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.history.records import (
    Apply,
    Dump,
    Entry,
    Fail,
    Final,
    Given,
    Healed,
    History,
    Invoke,
    Membership,
    Ok,
    Record,
    Session,
)
from tests.history.verdict import Limits

Identity = tuple[str, str, str]
"""Conversation, user, client id: what the store makes unique."""

Content = tuple[str, str, str, str]
"""An identity and a body hash: one message. The same client id with another body is another message, to be refused."""


def identity(invoke: Invoke) -> Identity:
    return invoke.conversation, invoke.user, invoke.client_id


def content(invoke: Invoke) -> Content:
    return invoke.conversation, invoke.user, invoke.client_id, invoke.hash


@dataclass(slots=True)
class Message:
    """All attempts for one content, and when the first definite answer came."""

    first: Invoke
    attempts: int = 0
    ended_at: float | None = None
    refused: Fail | None = None


@dataclass(slots=True)
class View:
    """What one session saw of one conversation since it began, or began again."""

    begin: Session
    resumes: int | None
    """How far this device had got when the view began; None if it had no view of the conversation before."""
    applied: list[Apply] = field(default_factory=list)
    final: Final | None = None


class Facts:
    """A history, indexed once for all invariants. What does not fit together is kept in ``misfits``."""

    def __init__(self, history: History, limits: Limits) -> None:
        self.history = history
        self.limits = limits
        self.misfits: list[tuple[str, Record]] = []

        self.log: dict[str, tuple[Entry, ...]] = {}
        self.at: dict[str, dict[int, Entry]] = defaultdict(dict)
        self.given: set[Content] = {(g.conversation, g.sender, g.client_id, g.hash) for g in history.all(Given)}
        self._read_dumps()

        self.invokes: dict[str, Invoke] = {}
        self.messages: dict[Content, Message] = {}
        self.oks: list[tuple[Invoke, Ok]] = []
        self.fails: list[tuple[Invoke, Fail]] = []
        self._join_answers()

        self.views: list[View] = []
        self._join_views()

        self.intervals: dict[tuple[str, str], list[Membership]] = {}
        self._order_intervals()

        self.healed_at: float | None = max((healed.t for healed in history.all(Healed)), default=None)

    def _read_dumps(self) -> None:
        for dump in self.history.all(Dump):
            if dump.conversation in self.log:
                self.misfits.append(("a conversation was dumped twice", dump))
            self.log[dump.conversation] = dump.entries
            self.at[dump.conversation] = {entry.seq: entry for entry in dump.entries}

    def _join_answers(self) -> None:
        for invoke in self.history.all(Invoke):
            if invoke.op in self.invokes:
                self.misfits.append(("an op was invoked twice", invoke))
            self.invokes[invoke.op] = invoke
            key = content(invoke)
            message = self.messages.get(key)
            if message is None:
                message = self.messages[key] = Message(invoke)
            message.attempts += 1

        for ok in self.history.all(Ok):
            if cause := self._cause(ok.op, ok):
                self.oks.append((cause, ok))
                self._end(cause, ok.t)
        for fail in self.history.all(Fail):
            if cause := self._cause(fail.op, fail):
                self.fails.append((cause, fail))
                self._end(cause, fail.t)
                self.messages[content(cause)].refused = fail

    def _cause(self, op: str, answer: Record) -> Invoke | None:
        invoke = self.invokes.get(op)
        if invoke is None:
            self.misfits.append(("an answer belongs to no attempt", answer))
        elif answer.t < invoke.t:
            self.misfits.append(("an answer came before its attempt", answer))
        return invoke

    def _end(self, invoke: Invoke, t: float) -> None:
        message = self.messages[content(invoke)]
        if message.ended_at is None or t < message.ended_at:
            message.ended_at = t

    def _join_views(self) -> None:
        current: dict[tuple[str, str], View] = {}
        furthest: dict[tuple[str, str, str], int] = {}
        for record in self.history.records:
            if isinstance(record, Apply):
                view = current.get((record.session, record.conversation))
                if view is None:
                    self.misfits.append(("an entry was applied by a session that never began", record))
                    continue
                view.applied.append(record)
                device = (view.begin.user, view.begin.device, record.conversation)
                furthest[device] = max(furthest[device], record.seq)
            elif isinstance(record, Session):
                device = (record.user, record.device, record.conversation)
                view = View(record, resumes=furthest.get(device))
                current[record.session, record.conversation] = view
                self.views.append(view)
                furthest[device] = max(furthest.get(device, 0), record.cursor)
            elif isinstance(record, Final):
                view = current.get((record.session, record.conversation))
                if view is None:
                    self.misfits.append(("a session that never began stands at the end", record))
                    continue
                view.final = record

    def _order_intervals(self) -> None:
        last_word = {(m.conversation, m.user, m.from_seq): m for m in self.history.all(Membership)}
        for member in sorted(last_word.values(), key=lambda m: m.from_seq):
            self.intervals.setdefault((member.conversation, member.user), []).append(member)
