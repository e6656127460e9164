"""Whether a run without violations proves anything: P1 to P6.

"A happy-path test proves nothing": a run in which the fault never bit, nobody looked at the end, or two processes' clocks
disagree may hold every invariant for want of anything to judge.
"""

from collections.abc import Iterator

from tests.history.facts import Facts
from tests.history.log_invariants import contents_acknowledged
from tests.history.records import Bite, Fault, Sample
from tests.history.verdict import Violation


def records_fit_together(facts: Facts) -> Iterator[Violation]:
    """P1: each answer has its attempt, before it on the one clock; each applied entry a session; each log one dump."""
    for text, record in facts.misfits:
        yield Violation("P1", text, (record,))


def enough_was_acknowledged(facts: Facts) -> Iterator[Violation]:
    """P2: at least ``min_acks`` messages were acknowledged."""
    acknowledged = contents_acknowledged(facts)
    if acknowledged < facts.limits.min_acks:
        yield Violation("P2", f"{acknowledged} messages were acknowledged, {facts.limits.min_acks} are needed")


def every_fault_bit(facts: Facts) -> Iterator[Violation]:
    """P3: every fault was seen to bite, by its name, and not before it was there."""
    first: dict[str, Fault] = {}
    for fault in facts.history.all(Fault):
        first.setdefault(fault.name, fault)
    bites = facts.history.all(Bite)
    for name, fault in first.items():
        if not any(bite.name == name and bite.t >= fault.t for bite in bites):
            yield Violation("P3", f"the fault {name} was never seen to bite", (fault,))


def every_fault_was_healed(facts: Facts) -> Iterator[Violation]:
    """P4: healing came after the last fault; what it is measured from must exist."""
    faults = facts.history.all(Fault)
    if faults and (facts.healed_at is None or facts.healed_at < faults[-1].t):
        yield Violation("P4", f"the fault {faults[-1].name} was never healed", (faults[-1],))


def sampled_to_the_end(facts: Facts) -> Iterator[Violation]:
    """P5: streams were sampled, and once more after the last answer: an empty stream before it says nothing."""
    samples = facts.history.all(Sample)
    if not any(sample.streams for sample in samples):
        yield Violation("P5", "no stream was ever sampled")
    answered = max((answer.t for _, answer in [*facts.oks, *facts.fails]), default=None)
    if samples and answered is not None and samples[-1].t < answered:
        yield Violation("P5", "the last sample was taken before the last answer", (samples[-1],))


def somebody_stands_at_the_end(facts: Facts) -> Iterator[Violation]:
    """P6: each conversation that somebody may still see is seen by a session alive at the end."""
    watched = {view.begin.conversation for view in facts.views if view.final is not None}
    open_ones = {c for (c, _), members in facts.intervals.items() if any(m.until_seq is None for m in members)}
    for conversation in facts.log:
        if conversation in open_ones and conversation not in watched:
            yield Violation("P6", f"no session stands at the end of {conversation}")
