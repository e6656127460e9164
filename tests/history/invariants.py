"""``check`` holds a history against all invariants and counts what happened."""

from collections.abc import Callable, Iterator

from tests.history.facts import Facts
from tests.history.log_invariants import (
    a_number_means_one_entry,
    acknowledged_is_stored,
    contents_acknowledged,
    ids_are_unique,
    numbers_are_dense,
    oks_agree,
    stored_was_invoked,
)
from tests.history.order_invariants import (
    applied_by_members_only,
    devices_keep_their_order,
    every_attempt_ends,
    members_have_all,
    real_time_is_respected,
    sessions_apply_without_gap,
    use_is_bounded,
)
from tests.history.proofs import (
    enough_was_acknowledged,
    every_fault_bit,
    every_fault_was_healed,
    records_fit_together,
    sampled_to_the_end,
    somebody_stands_at_the_end,
)
from tests.history.records import Apply, History, Invoke
from tests.history.verdict import Healing, Limits, Report, Violation

__all__ = ["INVARIANTS", "PROOFS", "Limits", "Report", "Violation", "check"]

INVARIANTS: dict[str, Callable[[Facts], Iterator[Violation]]] = {
    "I1": numbers_are_dense,
    "I2": ids_are_unique,
    "I3": acknowledged_is_stored,
    "I4": a_number_means_one_entry,
    "I5": sessions_apply_without_gap,
    "I6": members_have_all,
    "I7": real_time_is_respected,
    "I8": devices_keep_their_order,
    "I9": stored_was_invoked,
    "I10": every_attempt_ends,
    "I11": applied_by_members_only,
    "I12": use_is_bounded,
    "I13": oks_agree,
}
PROOFS: dict[str, Callable[[Facts], Iterator[Violation]]] = {
    "P1": records_fit_together,
    "P2": enough_was_acknowledged,
    "P3": every_fault_bit,
    "P4": every_fault_was_healed,
    "P5": sampled_to_the_end,
    "P6": somebody_stands_at_the_end,
}
DEFAULT_LIMITS = Limits()


def check(history: History, limits: Limits = DEFAULT_LIMITS) -> Report:
    """Judge a whole run. Linear in its records but for sorting."""
    facts = Facts(history, limits)
    attempts = len(history.all(Invoke))
    return Report(
        violations=[violation for holds in INVARIANTS.values() for violation in holds(facts)],
        unproven=[violation for proves in PROOFS.values() for violation in proves(facts)],
        acknowledged=contents_acknowledged(facts),
        attempts=attempts,
        retries=attempts - len(facts.messages),
        applied=len(history.all(Apply)),
        healing=Healing(answers_s=_answers_healed_s(facts), sessions_s=_sessions_healed_s(facts)),
    )


def _answers_healed_s(facts: Facts) -> float | None:
    """Seconds from the healing to the last answer of what was open then; 0 if nothing was."""
    healed_at = facts.healed_at
    if healed_at is None:
        return None
    longest = 0.0
    for message in facts.messages.values():
        if message.first.t <= healed_at:
            if message.ended_at is None:
                return None
            longest = max(longest, message.ended_at - healed_at)
    return longest


def _sessions_healed_s(facts: Facts) -> float | None:
    """Seconds from the healing until the last device had every entry that was asked for before the healing.

    The load may go on afterwards, so "complete" is measured by what the fault could have held up. Devices, since a
    reconnect begins a new session; those that were there before the healing and are there at the end.
    """
    healed_at = facts.healed_at
    if healed_at is None:
        return None
    held_up: dict[str, int] = {}
    for conversation, entries in facts.log.items():
        for entry in entries:
            message = facts.messages.get((conversation, entry.sender, entry.client_id, entry.hash))
            if message is not None and message.first.t <= healed_at:
                held_up[conversation] = max(held_up.get(conversation, 0), entry.seq)

    known: set[tuple[str, str, str]] = set()
    alive: set[tuple[str, str, str]] = set()
    had_at: dict[tuple[str, str, str], float] = {}
    for view in facts.views:
        begin = view.begin
        device = (begin.user, begin.device, begin.conversation)
        if begin.t <= healed_at:
            known.add(device)
        if view.final is not None:
            alive.add(device)
        wanted = _wanted(facts, begin.conversation, begin.user, held_up.get(begin.conversation, 0))
        reached = begin.t if begin.cursor >= wanted else next((a.t for a in view.applied if a.seq >= wanted), None)
        if reached is not None:
            had_at[device] = min(reached, had_at.get(device, reached))
    devices = known & alive
    if not devices <= had_at.keys():
        return None
    return max((max(0.0, had_at[device] - healed_at) for device in devices), default=0.0)


def _wanted(facts: Facts, conversation: str, user: str, held_up: int) -> int:
    """The last number up to ``held_up`` that the user may see; 0 if there is none."""
    ends = [
        held_up if member.until_seq is None else min(member.until_seq, held_up)
        for member in facts.intervals.get((conversation, user), ())
        if member.from_seq <= held_up
    ]
    return max(ends, default=0)
