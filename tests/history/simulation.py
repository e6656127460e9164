"""A tiny model of Chatter that does everything right: it makes the good history which the tests then damage.

No threads, no real clock, no randomness but a seeded one: the same history every time.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field

from tests.history.records import (
    Apply,
    Bite,
    Dump,
    Emit,
    Entry,
    Fail,
    Fault,
    Final,
    Given,
    Healed,
    History,
    Info,
    Invoke,
    Membership,
    Ok,
    Record,
    Sample,
    Session,
)

TICK_S = 0.01


@dataclass(slots=True)
class Device:
    user: str
    name: str
    posted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    has: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    session: str | None = None
    sessions: int = 0


class Simulation:
    """Call what should happen, in order; then ``history()``."""

    def __init__(self, seed: int = 1) -> None:
        self.records: list[Record] = []
        self.random = random.Random(seed)
        self.now = 100.0
        self.logs: dict[str, list[Entry]] = defaultdict(list)
        self.members: dict[tuple[str, str], list[Membership]] = defaultdict(list)
        self.devices: list[Device] = []
        self._ops = 0

    def tick(self) -> float:
        self.now += TICK_S
        return self.now

    # ---- people ----

    def device(self, user: str, name: str) -> Device:
        device = Device(user, name)
        self.devices.append(device)
        return device

    def join(self, conversation: str, user: str) -> None:
        start = len(self.logs[conversation]) + 1
        self.members[conversation, user].append(
            Membership(t=self.tick(), conversation=conversation, user=user, from_seq=start, until_seq=None)
        )
        for device in self.devices:
            if device.user == user:
                device.has[conversation] = start - 1
                if device.session:
                    self._begin(device, conversation)

    def remove(self, conversation: str, user: str) -> None:
        was = self.members[conversation, user].pop()
        until = len(self.logs[conversation])
        self.members[conversation, user].append(
            Membership(t=was.t, conversation=conversation, user=user, from_seq=was.from_seq, until_seq=until)
        )

    def is_member(self, conversation: str, user: str) -> bool:
        intervals = self.members[conversation, user]
        return bool(intervals) and intervals[-1].until_seq is None

    def connect(self, device: Device) -> None:
        device.sessions += 1
        device.session = f"{device.user}-{device.name}-{device.sessions}"
        for conversation in list(self.logs):
            if self.is_member(conversation, device.user):
                self._begin(device, conversation)

    def disconnect(self, device: Device) -> None:
        device.session = None

    def _begin(self, device: Device, conversation: str) -> None:
        assert device.session
        cursor = device.has[conversation]
        self.records.append(
            Session(t=self.tick(), session=device.session, user=device.user, device=device.name,
                    conversation=conversation, cursor=cursor)
        )  # fmt: skip
        for entry in self.logs[conversation][cursor:]:
            self._apply(device, conversation, entry)

    def _apply(self, device: Device, conversation: str, entry: Entry) -> None:
        assert device.session
        device.has[conversation] = entry.seq
        withheld = device.user == "bob" and entry.client_id.endswith("7")
        self.records.append(
            Apply(t=self.tick(), session=device.session, conversation=conversation, seq=entry.seq,
                  client_id=entry.client_id, hash=None if withheld else entry.hash)
        )  # fmt: skip

    # ---- messages ----

    def compose(self, device: Device, conversation: str) -> Invoke:
        """A new message of that device, not yet sent."""
        device.posted[conversation] += 1
        n = device.posted[conversation]
        id = f"{conversation}-{device.user}-{device.name}-{n}"
        return Invoke(t=self.now, op="", conversation=conversation, user=device.user, device=device.name, n=n,
                      client_id=id, hash=f"body of {id}")  # fmt: skip

    def invoke(self, message: Invoke, hash: str | None = None) -> str:
        self._ops += 1
        op = f"op{self._ops}"
        self.records.append(
            Invoke(t=self.tick(), op=op, conversation=message.conversation, user=message.user, device=message.device,
                   n=message.n, client_id=message.client_id, hash=hash or message.hash)
        )  # fmt: skip
        return op

    def commit(self, message: Invoke) -> int:
        entry = Entry(len(self.logs[message.conversation]) + 1, message.client_id, message.user, message.hash)
        self._append(message.conversation, entry)
        return entry.seq

    def create(self, conversation: str, user: str) -> None:
        """The group's first entry, which nobody posts."""
        entry = Entry(1, f"{conversation}-created", user, "title")
        self.records.append(
            Given(t=self.tick(), conversation=conversation, client_id=entry.client_id, hash="title", sender=user)
        )
        self._append(conversation, entry)

    def _append(self, conversation: str, entry: Entry) -> None:
        self.logs[conversation].append(entry)
        self.records.append(
            Emit(t=self.tick(), conversation=conversation, seq=entry.seq, client_id=entry.client_id)
        )  # fmt: skip
        for device in self.devices:
            if device.session and self.is_member(conversation, device.user):
                self._apply(device, conversation, entry)

    def ok(self, op: str, seq: int) -> None:
        self.records.append(Ok(t=self.tick(), op=op, seq=seq))

    def info(self, op: str) -> None:
        self.records.append(Info(t=self.tick(), op=op, code="pending"))

    def fail(self, op: str, code: str) -> None:
        self.records.append(Fail(t=self.tick(), op=op, code=code))

    def post(self, device: Device, conversation: str) -> None:
        message = self.compose(device, conversation)
        op = self.invoke(message)
        self.ok(op, self.commit(message))

    def post_with_the_ack_lost(self, device: Device, conversation: str) -> None:
        message = self.compose(device, conversation)
        op = self.invoke(message)
        seq = self.commit(message)
        self.info(op)
        self.invoke(message)  # its process dies: no end at all
        self.ok(self.invoke(message), seq)

    def post_lost_on_the_way(self, device: Device, conversation: str) -> None:
        message = self.compose(device, conversation)
        self.info(self.invoke(message))
        self.ok(self.invoke(message), self.commit(message))

    def post_together(self, devices: list[Device], conversation: str) -> None:
        """At the same time, so that any order of commits and of answers is a right one."""
        messages = [self.compose(device, conversation) for device in devices]
        asked = [(self.invoke(message), message) for message in messages]
        self.random.shuffle(asked)
        answers = [(op, self.commit(message)) for op, message in asked]
        self.random.shuffle(answers)
        for op, seq in answers:
            self.ok(op, seq)

    def reuse_a_client_id(self, device: Device, conversation: str) -> None:
        message = self.compose(device, conversation)
        self.ok(self.invoke(message), self.commit(message))
        self.fail(self.invoke(message, hash="another body"), "CIDREUSE")

    # ---- around ----

    def sample(self, length: int = 0) -> None:
        self.records.append(Sample(t=self.tick(), streams={"wal:{0}": length}, rss_bytes={"web": 90 * 2**20}))

    def history(self) -> History:
        """End the run: the last sample, who stands where, who was a member when, and the dumps."""
        self.sample()
        for device in self.devices:
            for conversation in self.logs:
                if device.session and self.is_member(conversation, device.user):
                    self.records.append(
                        Final(t=self.tick(), session=device.session, conversation=conversation,
                              cursor=device.has[conversation])
                    )  # fmt: skip
        self.records += [interval for intervals in self.members.values() for interval in intervals]
        for conversation, log in self.logs.items():
            self.records.append(Dump(t=self.tick(), conversation=conversation, entries=tuple(log)))
        return History(self.records)


def good_history(rounds: int = 12, seed: int = 1) -> History:
    """Two conversations, four people on five devices, a fault, and each thing that can go wrong and be made good."""
    run = Simulation(seed)
    ada, ada_phone = run.device("ada", "laptop"), run.device("ada", "phone")
    bob, cyd, dan = run.device("bob", "laptop"), run.device("cyd", "laptop"), run.device("dan", "laptop")
    for conversation, members in {"group": ("ada", "bob", "cyd"), "direct": ("ada", "bob")}.items():
        for user in members:
            run.join(conversation, user)
    for device in run.devices:
        run.connect(device)
    run.create("group", "ada")

    for turn in range(rounds):
        run.sample(length=turn % 5)
        if turn == rounds // 4:
            run.records.append(Fault(t=run.tick(), name="kill", detail="web worker 1"))
            run.records.append(Bite(t=run.tick(), name="kill", detail="exit status -9"))
        run.post(ada, "group")
        run.post_with_the_ack_lost(bob, "group")
        run.post_together([ada, ada_phone, bob], "direct")
        if turn == rounds // 2 - 2:
            run.remove("group", "cyd")
            run.disconnect(bob)
        if turn == rounds // 2:
            message = run.compose(ada, "direct")
            run.info(run.invoke(message))
            run.records.append(Healed(t=run.tick()))
            run.connect(bob)
            run.ok(run.invoke(message), run.commit(message))
            run.join("group", "cyd")
            run.join("group", "dan")
        if turn > rounds // 2:
            run.post_together([cyd, dan, ada_phone], "group")
        run.post_lost_on_the_way(ada_phone, "group")
        run.reuse_a_client_id(ada, "direct")
    return run.history()
