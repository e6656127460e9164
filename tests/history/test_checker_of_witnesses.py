"""Each way in which clients, servers and clocks may contradict the log is caught by the invariant that is meant for it."""

from dataclasses import replace

from tests.history.damage import GOOD, LIMITS, caught, change, judge, some
from tests.history.invariants import check
from tests.history.records import (
    Apply,
    Bite,
    Dump,
    Emit,
    Fail,
    Fault,
    Final,
    Healed,
    History,
    Invoke,
    Membership,
    Ok,
    Sample,
    Session,
)


def test_an_ok_with_two_numbers_disagrees_with_itself() -> None:
    ok = some(Ok)
    assert judge(change(ok, ok, replace(ok, seq=ok.seq + 1))) >= {"I13"}


def test_an_emit_of_another_entry_gives_a_number_two_meanings() -> None:
    emit = some(Emit)
    assert judge(change(emit, emit, replace(emit, client_id="another"))) == {"I4"}


def test_an_emit_of_what_was_never_stored_is_a_loss() -> None:
    emit = some(Emit)
    assert judge(change(emit, emit, replace(emit, seq=10_000))) == {"I4"}


def test_an_applied_entry_with_another_body_gives_a_number_two_meanings() -> None:
    apply = some(Apply, lambda apply: apply.hash is not None)
    assert judge(change(apply, replace(apply, hash="another body"))) == {"I4"}


def test_an_apply_that_skips_is_a_gap_and_leaves_its_session_incomplete() -> None:
    apply = some(Apply)
    assert judge(change(apply)) >= {"I5", "I6"}


def test_an_apply_that_repeats_is_no_order() -> None:
    apply = some(Apply)
    assert judge(change(apply, apply, apply)) == {"I5"}
    own = [each for each in GOOD.all(Apply) if (each.session, each.conversation) == (apply.session, apply.conversation)]
    repeated = check(History(change(apply, apply, replace(own[0], t=apply.t))), LIMITS)
    assert len(own) > 2 and len(repeated.violations) == 1, "one repeat is one violation"


def test_two_applies_the_wrong_way_round_are_no_order() -> None:
    first = some(Apply, lambda apply: apply.session == "ada-laptop-1" and apply.conversation == "direct")
    assert judge(change(first, replace(first, t=first.t + 0.5))) == {"I5"}


def test_a_reconnect_must_not_jump_over_what_the_device_lacks() -> None:
    again = some(Session, lambda session: session.session == "bob-laptop-2")
    assert again.cursor > 0
    skipped = next(apply for apply in GOOD.all(Apply) if apply.session == again.session and apply.t > again.t)
    records = [each for each in change(again, replace(again, cursor=skipped.seq)) if each is not skipped]
    assert judge(records) == {"I5"}


def test_a_session_that_stands_behind_at_the_end_lacks_something() -> None:
    final = some(Final)
    assert judge(change(final, replace(final, cursor=final.cursor - 1))) == {"I6"}


def test_a_session_that_never_applied_anything_lacks_it_wherever_it_says_it_stands() -> None:
    silent = [each for each in GOOD.records if not (isinstance(each, Apply) and each.session == "dan-laptop-1")]
    assert judge(silent) == {"I6"}


def test_an_apply_outside_membership_is_caught() -> None:
    closed = next(member for member in GOOD.all(Membership) if member.until_seq is not None)
    leak = closed.until_seq
    assert leak is not None
    assert judge(change(closed, replace(closed, until_seq=leak - 1))) == {"I11"}
    latest = some(Membership, lambda member: member.user == "dan")
    assert "I11" in judge(change(latest, replace(latest, from_seq=latest.from_seq + 1)))
    assert judge(change(latest)) == {"I6", "I11"}


def test_who_was_removed_stands_where_the_membership_ended() -> None:
    latest = max((m for m in GOOD.all(Membership) if m.user == "dan"), key=lambda member: member.from_seq)
    head = next(final.cursor for final in GOOD.all(Final) if final.session == "dan-laptop-1")
    assert judge(change(latest, replace(latest, until_seq=head))) == set()
    assert judge(change(latest, replace(latest, until_seq=head - 1))) == {"I6", "I11"}


def test_an_op_that_never_ends_is_caught() -> None:
    assert judge(change(some(Ok))) == {"I10"}
    assert judge(change(some(Fail))) == {"I10"}


def test_an_answer_that_comes_too_late_after_healing_is_caught() -> None:
    healed_at = GOOD.all(Healed)[0].t
    ok = next(ok for ok in GOOD.all(Ok) if ok.t > healed_at)
    late = replace(ok, t=ok.t + 31)
    sample = GOOD.all(Sample)[-1]
    records = [replace(sample, t=late.t + 1) if each is sample else each for each in change(ok, late)]
    assert judge(records) == {"I10"}


def test_an_acknowledged_message_must_not_be_overtaken_by_a_later_one() -> None:
    # Asked for and answered after everything else, and yet with a number from the middle.
    ok = some(Ok, lambda ok: sum(invoke.client_id == _cause(ok).client_id for invoke in GOOD.all(Invoke)) == 1)
    late = {_cause(ok): replace(_cause(ok), t=GOOD.ends + 1), ok: replace(ok, t=GOOD.ends + 2)}
    sample = replace(GOOD.all(Sample)[-1], t=GOOD.ends + 3)
    assert judge([*(late.get(each, each) for each in GOOD.records if not isinstance(each, Sample | Dump)),
                  *GOOD.all(Dump), sample]) == {"I7"}  # fmt: skip


def test_what_was_asked_for_at_the_same_instant_as_an_answer_came_may_be_before_it() -> None:
    third, second = _ok_of("group", 3), _ok_of("group", 2)
    moved = {_cause(second): replace(_cause(second), t=third.t), second: replace(second, t=third.t + 0.001)}
    assert judge([moved.get(each, each) if isinstance(each, Invoke | Ok) else each for each in GOOD.records]) == set()
    moved[_cause(second)] = replace(_cause(second), t=third.t + 0.0005)
    assert judge([moved.get(each, each) if isinstance(each, Invoke | Ok) else each for each in GOOD.records]) == {"I7"}


def test_a_retry_begins_with_its_first_attempt() -> None:
    # The last attempt of a lost ack is invoked after later numbers were acknowledged: the first one counts.
    last = max(GOOD.all(Invoke), key=lambda invoke: invoke.t)
    early = next(ok for ok in GOOD.all(Ok) if ok.seq == 2)
    first = next(each for each in GOOD.all(Invoke) if each.op == early.op)
    late = [replace(first, op="late", t=last.t + 0.001), Ok(t=last.t + 0.002, op="late", seq=2)]
    assert judge([*GOOD.records, *late]) == set()


def test_a_device_keeps_its_order() -> None:
    ok = some(Ok)
    cause = next(each for each in GOOD.all(Invoke) if each.op == ok.op)
    attempts = [each for each in GOOD.all(Invoke) if each.client_id == cause.client_id]
    records = [replace(each, n=each.n + 100) if each in attempts else each for each in GOOD.records]
    assert judge(records) == {"I8"}


def test_a_device_keeps_its_order_by_the_first_answer() -> None:
    ok = some(Ok)
    assert judge(change(ok, ok, replace(ok, seq=1))) >= {"I13"}
    assert "I8" not in judge(change(ok, ok, replace(ok, seq=1)))
    assert "I8" in judge(change(ok, replace(ok, seq=1), ok))


def test_a_stream_that_does_not_end_empty_is_caught() -> None:
    last = GOOD.all(Sample)[-1]
    assert judge(change(last, replace(last, streams={"wal:{0}": 1}))) == {"I12"}


def test_a_stream_or_a_process_beyond_its_limit_is_caught() -> None:
    sample = some(Sample)
    assert judge(change(sample, replace(sample, streams={"wal:{0}": 5_001}))) == {"I12"}
    assert judge(change(sample, replace(sample, rss_bytes={"web": 2**30}))) == {"I12"}


def test_too_few_acknowledgements_prove_nothing() -> None:
    report = check(GOOD)
    assert report.violations == [] and not report.passed and caught(report) == {"P2"}


def test_a_fault_that_never_bit_proves_nothing() -> None:
    bite = some(Bite)
    assert judge(change(bite)) == {"P3"}
    assert judge(change(bite, replace(bite, name="another"))) == {"P3"}
    assert judge(change(bite, replace(bite, t=GOOD.begins))) == {"P3"}


def test_a_fault_after_the_healing_was_never_healed() -> None:
    fault = some(Fault)
    assert "P4" in judge([*GOOD.records, replace(fault, t=GOOD.ends)])


def test_records_that_do_not_fit_together_prove_nothing() -> None:
    ok, dump, final = some(Ok), GOOD.all(Dump)[0], some(Final)
    cause = next(each for each in GOOD.all(Invoke) if each.op == ok.op)
    assert "P1" in judge([*GOOD.records, replace(ok, op="unknown")])
    assert "P1" in judge(change(ok, replace(ok, t=cause.t - 0.001)))
    assert "P1" in judge([*GOOD.records, replace(cause, n=1_000)])
    assert judge([*GOOD.records, dump]) == {"P1"}
    assert judge([*GOOD.records, replace(final, session="unknown")]) == {"P1"}
    assert "P1" in judge([*GOOD.records, replace(some(Apply), session="unknown")])


def test_a_stream_seen_empty_before_the_last_answer_proves_nothing() -> None:
    assert judge(change(GOOD.all(Sample)[-1])) >= {"P5"}
    assert judge([each for each in GOOD.records if not isinstance(each, Sample)]) == {"P5"}


def test_nobody_at_the_end_proves_nothing() -> None:
    assert judge([each for each in GOOD.records if not isinstance(each, Final)]) == {"P6"}


def test_a_membership_written_twice_counts_as_last_said() -> None:
    closed = next(member for member in GOOD.all(Membership) if member.until_seq is not None)
    assert judge([*GOOD.records, replace(closed, t=closed.t - 1, until_seq=None)]) == set()


def _cause(ok: Ok) -> Invoke:
    return next(invoke for invoke in GOOD.all(Invoke) if invoke.op == ok.op)


def _ok_of(conversation: str, seq: int) -> Ok:
    return next(ok for ok in GOOD.all(Ok) if ok.seq == seq and _cause(ok).conversation == conversation)
