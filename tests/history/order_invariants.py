"""What must be true of what people see, and when: I5 to I8 and I10 to I12 of section 5 of the reliability design."""

from collections.abc import Iterator

from tests.history.facts import Facts, Identity, View, identity
from tests.history.log_invariants import numbers_of_messages
from tests.history.records import Invoke, Ok, Sample
from tests.history.verdict import Violation


def sessions_apply_without_gap(facts: Facts) -> Iterator[Violation]:
    """I5: each session applied cursor+1..last, each number once.

    A device that comes back begins where it had got to, or earlier: else a reconnect could hide any loss. Only where
    a membership begins may it begin later. (Who opens a conversation at its tail is a new device here.)
    """
    for view in facts.views:
        begin = view.begin
        if view.resumes is not None and begin.cursor > view.resumes:
            starts = {member.from_seq for member in facts.intervals.get((begin.conversation, begin.user), ())}
            if begin.cursor + 1 not in starts:
                text = (
                    f"{begin.session} resumed {begin.conversation} after {begin.cursor}, its device had {view.resumes}"
                )
                yield Violation("I5", text, (begin,))
        last = begin.cursor
        for apply in view.applied:
            if apply.seq != last + 1:
                text = f"{begin.session} applied {apply.seq} of {begin.conversation} after {last}"
                yield Violation("I5", text, (begin, apply))
            last = max(last, apply.seq)


def members_have_all(facts: Facts) -> Iterator[Violation]:
    """I6: after healing, every member has all, and nothing that is not in the log.

    Sessions with a ``final`` stand at the log's end, or at the end of a membership that was closed; and they applied
    every number on the way there from where they began.
    """
    for view in facts.views:
        if view.final is None:
            continue
        begin, final = view.begin, view.final
        intervals = facts.intervals.get((begin.conversation, begin.user))
        if not intervals:
            yield Violation("I6", f"{begin.session} stands in {begin.conversation} without a membership", (final,))
            continue
        latest = intervals[-1]
        head = len(facts.log.get(begin.conversation, ()))
        end = head if latest.until_seq is None else min(latest.until_seq, head)
        end = max(end, latest.from_seq - 1)
        if final.cursor != end:
            text = f"{begin.session} stands at {final.cursor} of {begin.conversation} and should at {end}"
            yield Violation("I6", text, (begin, final))
        missing = _missing(facts, view, end)
        if missing:
            text = f"{begin.session} never applied {len(missing)} of {begin.conversation}, first {min(missing)}"
            yield Violation("I6", text, (begin, final))


def _missing(facts: Facts, view: View, end: int) -> set[int]:
    """The numbers this view's user may see after the view's cursor, up to ``end``, that it did not apply."""
    missing: set[int] = set()
    for member in facts.intervals[view.begin.conversation, view.begin.user]:
        until = end if member.until_seq is None else min(member.until_seq, end)
        missing.update(range(max(member.from_seq, view.begin.cursor + 1), until + 1))
    return missing.difference(apply.seq for apply in view.applied)


def real_time_is_respected(facts: Facts) -> Iterator[Violation]:
    """I7: ok(a) before invoke(b) => seq a < seq b. What was answered cannot be overtaken by what was not yet asked.

    Under retries b begins with the first invoke of its client id, for any of its attempts may be the one stored. One
    sweep over time, with the highest number acknowledged so far: linearizability of a log needs no more (after Herlihy
    and Wing, 1990).
    """
    numbers = numbers_of_messages(facts)
    begun: set[Identity] = set()
    highest: dict[str, tuple[Ok, Invoke]] = {}
    # At one instant invokes come first: only an ok that was strictly earlier binds.
    events: list[tuple[float, int, Invoke, Ok | None]] = [(i.t, 0, i, None) for i in facts.history.all(Invoke)]
    events += [(ok.t, 1, invoke, ok) for invoke, ok in facts.oks]
    events.sort(key=lambda event: event[:2])
    for _, _, invoke, ok in events:
        if ok is not None:
            known = highest.get(invoke.conversation)
            if known is None or ok.seq > known[0].seq:
                highest[invoke.conversation] = (ok, invoke)
            continue
        key = identity(invoke)
        if key in begun:
            continue
        begun.add(key)
        if invoke.conversation in highest and key in numbers:
            earlier, cause = highest[invoke.conversation]
            if min(numbers[key]) <= earlier.seq:
                text = f"{invoke.conversation}: {earlier.seq} was acknowledged before {min(numbers[key])} was asked for"
                yield Violation("I7", text, (cause, earlier, invoke))


def devices_keep_their_order(facts: Facts) -> Iterator[Violation]:
    """I8: one device, one conversation: n up => seq up, by each message's first ok."""
    first: dict[tuple[str, str, str], dict[int, tuple[Invoke, Ok]]] = {}
    for invoke, ok in facts.oks:
        device = first.setdefault((invoke.user, invoke.device, invoke.conversation), {})
        device.setdefault(invoke.n, (invoke, ok))
    for (user, device_name, conversation), by_n in first.items():
        last: tuple[Invoke, Ok] | None = None
        for _, (invoke, ok) in sorted(by_n.items()):
            if last is not None and ok.seq <= last[1].seq:
                text = f"{conversation}: {user}'s {device_name} posted {last[0].n} before {invoke.n}, they are {last[1].seq} and {ok.seq}"
                yield Violation("I8", text, (*last, invoke, ok))
            if last is None or ok.seq > last[1].seq:
                last = (invoke, ok)


def every_attempt_ends(facts: Facts) -> Iterator[Violation]:
    """I10: every invoke ends in ok or fail within T of healing; what is asked after the healing, within T of that.

    By message: an attempt may die with its process, or end in *info*, if a later attempt brings the answer.
    """
    healed_at = facts.healed_at if facts.healed_at is not None else facts.history.begins
    for message in facts.messages.values():
        first = message.first
        if message.ended_at is None:
            text = f"{first.conversation}: {first.client_id} of {first.user} was never answered"
            yield Violation("I10", text, (first,))
        elif (late := message.ended_at - max(first.t, healed_at)) > facts.limits.end_within_s:
            text = f"{first.conversation}: {first.client_id} of {first.user} was answered after {late:.1f} s"
            yield Violation("I10", text, (first,))


def applied_by_members_only(facts: Facts) -> Iterator[Violation]:
    """I11: every apply lies within a membership of the session's user."""
    for view in facts.views:
        begin = view.begin
        intervals = facts.intervals.get((begin.conversation, begin.user), [])
        for apply in view.applied:
            if not any(
                m.from_seq <= apply.seq and (m.until_seq is None or apply.seq <= m.until_seq) for m in intervals
            ):
                text = f"{begin.session} of {begin.user} applied {apply.seq} of {begin.conversation}, and is no member at it"
                yield Violation("I11", text, (begin, apply, *intervals))


def use_is_bounded(facts: Facts) -> Iterator[Violation]:
    """I12: memory and stream length are bounded, and the streams end empty. A stream whose key is gone is empty."""
    samples = facts.history.all(Sample)
    limits = facts.limits
    longest: dict[str, Sample] = {}
    largest: dict[str, Sample] = {}
    for sample in samples:
        for name, length in sample.streams.items():
            if length > limits.max_stream_length and (
                name not in longest or length > longest[name].streams[name]
            ):  # each stream's worst moment is told, not every second of it
                longest[name] = sample
        for name, rss in sample.rss_bytes.items():
            if rss > limits.max_rss_bytes and (name not in largest or rss > largest[name].rss_bytes[name]):
                largest[name] = sample
    for name, sample in longest.items():
        yield Violation("I12", f"{name} held {sample.streams[name]}, allowed are {limits.max_stream_length}", (sample,))
    for name, sample in largest.items():
        text = f"{name} took {sample.rss_bytes[name] / 2**20:.0f} MiB, allowed are {limits.max_rss_bytes / 2**20:.0f}"
        yield Violation("I12", text, (sample,))
    if samples:
        for name, length in samples[-1].streams.items():
            if length:
                yield Violation("I12", f"{name} ended with {length} entries", (samples[-1],))
