"""A good history passes; each way of damaging its log is caught by the invariant that is meant for it."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.damage import GOOD, LIMITS, caught, change, damage, dense, judge, some
from tests.history.invariants import INVARIANTS, check
from tests.history.records import (
    Apply,
    Dump,
    Entry,
    Fail,
    Healed,
    History,
    Invoke,
    Membership,
    Ok,
    Sample,
    Session,
)
from tests.history.simulation import good_history


def test_a_good_history_passes_and_is_counted() -> None:
    report = check(GOOD, LIMITS)

    assert report.violations == [] and report.unproven == [] and report.passed
    messages = {(invoke.client_id, invoke.hash) for invoke in GOOD.all(Invoke)}
    assert report.attempts == len(GOOD.all(Invoke)) and report.retries == report.attempts - len(messages)
    refused = len(GOOD.all(Fail))
    assert refused > 0 and report.acknowledged == len(messages) - refused
    assert report.applied == len(GOOD.all(Apply))


def test_a_good_history_has_everything_that_may_go_wrong() -> None:
    cursors = {session.cursor for session in GOOD.all(Session) if session.user == "bob"}
    intervals = [member for member in GOOD.all(Membership) if member.user == "cyd"]
    assert len(cursors) > 1, "somebody comes back"
    assert len(intervals) == 2 and intervals[0].until_seq, "somebody is removed, and comes back"
    assert any(apply.hash is None for apply in GOOD.all(Apply)), "something is withheld"
    assert max(sum(sample.streams.values()) for sample in GOOD.all(Sample)) > 0, "a stream fills"


def test_the_time_to_heal_is_that_of_what_was_open() -> None:
    report = check(GOOD, LIMITS)
    healed_at = GOOD.all(Healed)[0].t
    answers = {ok.op: ok.t for ok in GOOD.all(Ok)}
    open_then = [i for i in GOOD.all(Invoke) if i.t < healed_at and i.op not in answers]
    last = max(answers[i.op] for i in GOOD.all(Invoke) if i.client_id == open_then[-1].client_id and i.op in answers)

    assert report.healing.answers_s == pytest.approx(last - healed_at)
    # Bob was away, so he is the last to have what was posted before the healing.
    before = {i.client_id for i in GOOD.all(Invoke) if i.conversation == "direct" and i.t < healed_at}
    applied = [a for a in GOOD.all(Apply) if a.session.startswith("bob-laptop-2") and a.client_id in before]
    assert report.healing.sessions_s is not None
    assert report.healing.sessions_s >= applied[-1].t - healed_at > 0


def test_a_run_that_never_heals_has_no_time_to_heal() -> None:
    report = check(History(change(GOOD.all(Healed)[0])), LIMITS)
    assert report.healing.answers_s is None and report.healing.sessions_s is None
    assert caught(report) == {"P4"}


def test_an_entry_dropped_from_the_dump_is_a_gap_and_a_loss() -> None:
    assert damage(lambda entries: entries.pop(10)) >= {"I1", "I3", "I4"}


def test_an_entry_dropped_and_the_rest_renumbered_is_a_loss() -> None:
    def drop(entries: list[Entry]) -> None:
        entries.pop(10)
        dense(entries)

    assert "I1" not in damage(drop) and damage(drop) >= {"I3", "I4", "I6"}


def test_the_same_client_id_twice_is_a_duplicate() -> None:
    def duplicate(entries: list[Entry]) -> None:
        entries.append(entries[10]._replace(seq=len(entries) + 1))

    assert "I1" not in damage(duplicate) and damage(duplicate) >= {"I2"}


def test_two_swapped_entries_are_seen_as_two_by_those_who_were_told() -> None:
    def swap(entries: list[Entry]) -> None:
        entries[10], entries[11] = entries[11], entries[10]
        dense(entries)

    assert "I1" not in damage(swap) and damage(swap) >= {"I3", "I4"}


def test_a_dump_out_of_order_is_not_dense() -> None:
    assert damage(lambda entries: entries.reverse()) == {"I1"}


@pytest.mark.parametrize("start", [0, 10])
def test_renumbered_entries_leave_a_hole(start: int) -> None:
    def renumber(entries: list[Entry]) -> None:
        entries[start:] = [entry._replace(seq=entry.seq + 1) for entry in entries[start:]]

    assert damage(renumber) >= {"I1", "I3", "I4"}


@pytest.mark.parametrize("at", [0, 10])
@pytest.mark.parametrize("forged", ["client_id", "sender", "hash"])
def test_a_forged_entry_was_never_invoked(forged: str, at: int) -> None:
    def forge(entries: list[Entry]) -> None:
        old = entries[at]
        entries[at] = {
            "client_id": old._replace(client_id="nobody's"),
            "sender": old._replace(sender="bob" if old.sender == "ada" else "ada"),
            "hash": old._replace(hash="not what was written"),
        }[forged]

    assert damage(forge) >= {"I9"}


def test_a_forged_entry_at_the_end_was_never_invoked() -> None:
    assert damage(lambda entries: entries.append(Entry(len(entries) + 1, "new", "ada", "new"))) >= {"I9"}


def test_what_was_refused_must_not_be_stored() -> None:
    refused = next(i for i in GOOD.all(Invoke) if i.hash == "another body")

    def store(entries: list[Entry]) -> None:
        entries[:] = [e._replace(hash=refused.hash) if e.client_id == refused.client_id else e for e in entries]

    assert damage(store, "direct") >= {"I3", "I9"}


def test_a_stored_message_must_not_be_refused() -> None:
    ok = some(Ok)
    assert judge(change(ok, ok, Fail(t=ok.t + 1, op=ok.op, code="not_found"))) == {"I9"}


def test_an_ok_for_another_body_is_no_promise_kept() -> None:
    refusal = some(Fail)
    cause = next(invoke for invoke in GOOD.all(Invoke) if invoke.op == refusal.op)
    told = next(e.seq for dump in GOOD.all(Dump) for e in dump.entries if e.client_id == cause.client_id)
    assert judge(change(refusal, Ok(t=refusal.t, op=refusal.op, seq=told))) == {"I3", "I4"}


@pytest.mark.parametrize("cut", [1, 5])
def test_a_cut_tail_is_a_loss(cut: int) -> None:
    assert damage(lambda entries: entries.__delitem__(slice(-cut, None))) == {"I3", "I4", "I6"}


def test_a_conversation_without_a_dump_is_a_loss() -> None:
    assert judge(change(GOOD.all(Dump)[0])) >= {"I3", "I4", "I6"}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_damaged_dump_ever_passes(data: st.DataObject) -> None:
    dump = data.draw(st.sampled_from(GOOD.all(Dump)))
    entries = list(dump.entries)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(entries) - 1))
        other = data.draw(st.integers(0, len(entries) - 1))
        match data.draw(st.sampled_from(["drop", "repeat", "swap", "exchange", "borrow", "cut"])):
            case "drop":
                entries.pop(at)
            case "repeat":
                entries.insert(at, entries[other])
            case "swap":
                entries[at], entries[other] = entries[other], entries[at]
            case "exchange":
                name = data.draw(st.sampled_from(Entry._fields))
                entries[at] = entries[at]._replace(**{name: getattr(entries[other], name)})
            case "borrow":
                invoke = data.draw(st.sampled_from(GOOD.all(Invoke)))
                entries[at] = Entry(entries[at].seq, invoke.client_id, invoke.user, invoke.hash)
            case "cut":
                del entries[max(1, at) :]
    if data.draw(st.booleans()):
        dense(entries)
    if tuple(entries) != dump.entries:
        assert judge(change(dump, replace(dump, entries=tuple(entries)))) & INVARIANTS.keys()


def test_a_long_history_is_checked_in_seconds() -> None:
    history = good_history(rounds=4_000)
    begun = time.process_time()
    assert check(history).passed
    assert len(history.records) > 100_000 and time.process_time() - begun < 10
