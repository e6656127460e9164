"""What must be true of D, the log as the majority has it at the end, and of the numbers that were told.

I1 to I4, I9 and I13 of section 5 of the reliability design.
"""

from collections import defaultdict
from collections.abc import Iterator

from tests.history.facts import Facts, Identity, content, identity
from tests.history.records import Apply, Emit, Entry, Invoke, Ok
from tests.history.verdict import Violation


def numbers_are_dense(facts: Facts) -> Iterator[Violation]:
    """I1: the numbers of D[c] are 1..len, in this order.

    Each break is told once: what follows a gap is measured from the gap's far side.
    """
    for conversation, entries in facts.log.items():
        last = 0
        for entry in entries:
            if entry.seq != last + 1:
                yield Violation("I1", f"{conversation}: {entry.seq} follows {last}", (entry,))
            last = entry.seq


def ids_are_unique(facts: Facts) -> Iterator[Violation]:
    """I2: (sender, client id) is unique in D[c]. A retry must find what it stored, not store it again."""
    for conversation, entries in facts.log.items():
        first: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            other = first.setdefault((entry.sender, entry.client_id), entry)
            if other is not entry:
                text = f"{conversation}: {entry.client_id} of {entry.sender} is {other.seq} and {entry.seq}"
                yield Violation("I2", text, (other, entry))


def acknowledged_is_stored(facts: Facts) -> Iterator[Violation]:
    """I3: every ok is in D with that number, that id, that sender and that body.

    The body too: an ok for a client id that holds something else is a promise about a message that is nowhere.
    """
    for invoke, ok in facts.oks:
        entry = facts.at[invoke.conversation].get(ok.seq)
        if entry is None:
            text = f"{invoke.conversation}: {ok.seq} was acknowledged and is not there"
            yield Violation("I3", text, (invoke, ok))
        elif entry[1:] != (invoke.client_id, invoke.user, invoke.hash):
            text = f"{invoke.conversation}: {ok.seq} was acknowledged for {invoke.client_id} and holds another message"
            yield Violation("I3", text, (invoke, ok, entry))


def a_number_means_one_entry(facts: Facts) -> Iterator[Violation]:
    """I4: one id per (c, seq), wherever it is seen: in D, in an ok, applied, emitted. One body too, where one is told.

    Nothing is ever deleted, so a number that was seen and is not in D breaks this as well: somebody read what the
    majority never had.
    """
    ids: dict[tuple[str, int], dict[str, object]] = defaultdict(dict)
    hashes: dict[tuple[str, int], dict[str, object]] = defaultdict(dict)
    for conversation, entries in facts.log.items():
        for entry in entries:
            ids[conversation, entry.seq].setdefault(entry.client_id, entry)
            hashes[conversation, entry.seq].setdefault(entry.hash, entry)
    for invoke, ok in facts.oks:
        ids[invoke.conversation, ok.seq].setdefault(invoke.client_id, ok)
        hashes[invoke.conversation, ok.seq].setdefault(invoke.hash, ok)
    for apply in facts.history.all(Apply):
        ids[apply.conversation, apply.seq].setdefault(apply.client_id, apply)
        if apply.hash is not None:
            hashes[apply.conversation, apply.seq].setdefault(apply.hash, apply)
    for emit in facts.history.all(Emit):
        ids[emit.conversation, emit.seq].setdefault(emit.client_id, emit)

    for (conversation, seq), seen in ids.items():
        bodies = hashes.get((conversation, seq), {})
        if len(seen) > 1:
            text = f"{conversation}: {seq} was seen as {' and '.join(seen)}"
            yield Violation("I4", text, tuple(seen.values()))
        elif len(bodies) > 1:
            text = f"{conversation}: {seq} was seen with {len(bodies)} bodies"
            yield Violation("I4", text, tuple(bodies.values()))
        if seq not in facts.at[conversation]:
            text = f"{conversation}: {seq} was seen and is not in the log"
            yield Violation("I4", text, tuple(seen.values()))


def stored_was_invoked(facts: Facts) -> Iterator[Violation]:
    """I9: every d in D was invoked by that user with that hash, and never failed.

    By (client id, hash), since the same client id with another body is a message of its own that must be refused.
    """
    for conversation, entries in facts.log.items():
        for entry in entries:
            key = (conversation, entry.sender, entry.client_id, entry.hash)
            message = facts.messages.get(key)
            if message is None:
                if key not in facts.given:
                    text = f"{conversation}: {entry.seq} holds what {entry.sender} never posted"
                    yield Violation("I9", text, (entry,))
            elif message.refused is not None:
                text = f"{conversation}: {entry.seq} was refused ({message.refused.code}) and stored"
                yield Violation("I9", text, (message.first, message.refused, entry))


def oks_agree(facts: Facts) -> Iterator[Violation]:
    """I13: all oks of a client id carry one number, whoever answered and however often it was asked."""
    first: dict[Identity, tuple[Invoke, Ok]] = {}
    for invoke, ok in facts.oks:
        before, told = first.setdefault(identity(invoke), (invoke, ok))
        if told.seq != ok.seq:
            text = f"{invoke.conversation}: {invoke.client_id} was told {told.seq} and {ok.seq}"
            yield Violation("I13", text, (before, told, invoke, ok))


def numbers_of_messages(facts: Facts) -> dict[Identity, set[int]]:
    """Every number an identity has: D's and the oks'."""
    numbers: dict[Identity, set[int]] = defaultdict(set)
    for conversation, entries in facts.log.items():
        for entry in entries:
            numbers[conversation, entry.sender, entry.client_id].add(entry.seq)
    for invoke, ok in facts.oks:
        numbers[identity(invoke)].add(ok.seq)
    return numbers


def contents_acknowledged(facts: Facts) -> int:
    """How many messages were acknowledged; a message told twice counts once."""
    return len({content(invoke) for invoke, _ in facts.oks})
