"""What is reported is kept as it stood, once for each person and thing, and shows nobody more than the reporter could see."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from app.domain.commands import entry_hash
from app.domain.entries import Proposal
from app.domain.errors import Conflict, Invalid, NotAMember, NotFound, RateLimited
from app.models import Notice, Report
from app.models.accounts import now
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.services.messages import Messages
from app.services.reports import KEPT, MOST_KEPT, Complaint, Reports, forget
from tests.services.world import World

Chat = tuple[str, str, str]
SPAM = Complaint("spam", "again and again")


@pytest.fixture
def reports(world: World) -> Reports:
    nothing: Any = None
    return Reports(Messages(world.redis, nothing, world.heads, world.access, world.conversations), world.limits)


@pytest.fixture
def chat(world: World) -> Chat:
    """Ada, Ben and their chat; every message is Ben's, and the third is what Ada does not like."""
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    for n in range(1, 9):
        world.say(conversation, ben, f"message {n}")
    return ada, ben, conversation


def revise(world: World, conversation: str, user: str, kind: Any, target: int, body: str = "") -> None:
    hash = entry_hash(kind, body, target)
    (outcome,) = Store().commit([Proposal(conversation, user, str(uuid.uuid4()), kind, body, hash, target=target)])
    assert isinstance(outcome, Stored)
    world.heads.of([conversation], exact=True)


def the_report() -> Report:
    report: Report = Report.objects.get()
    return report


def test_what_was_said_is_kept_and_a_deletion_hides_nothing(world: World, chat: Chat, reports: Reports) -> None:
    ada, ben, conversation = chat
    view = reports.message(ada, conversation, 3, SPAM)
    revise(world, conversation, ben, "deleted", 3)
    report = the_report()
    assert (report.person, report.conversation, report.seq, report.state) == (ben, conversation, 3, "open")
    assert [kept["body"] for kept in report.kept] == ["message 3"]
    assert report.kept[0]["created_at"].timestamp() * 1000 == 1_700_000_000_002
    assert report.around == []
    assert (view["reason"], view["note"], view["around"], view["person"]) == ("spam", "again and again", False, ben)
    assert view["id"] == report.id


def test_once_for_each_person_and_thing_and_again_changes_what_was_said(
    world: World, chat: Chat, reports: Reports
) -> None:
    ada, ben, conversation = chat
    reports.message(ada, conversation, 3, SPAM)
    first = the_report()
    revise(world, conversation, ben, "edited", 3, "much nicer")
    view = reports.message(ada, conversation, 3, Complaint("hate", "no, worse"))
    report = the_report()
    assert (view["reason"], view["note"], report.created_at) == ("hate", "no, worse", first.created_at)
    assert [kept["body"] for kept in report.kept] == ["message 3", "much nicer"]
    reports.message(ada, conversation, 3, Complaint("hate"))
    assert len(the_report().kept) == 2, "it says the same as before"
    revise(world, conversation, ben, "deleted", 3)
    assert reports.message(ada, conversation, 3, Complaint("fraud"))["reason"] == "fraud"
    assert len(the_report().kept) == 2
    reports.message(ada, conversation, 4, SPAM)
    assert Report.objects.count() == 2


def test_edits_do_not_pile_up(world: World, chat: Chat, reports: Reports) -> None:
    ada, ben, conversation = chat
    for n in range(MOST_KEPT + 2):
        reports.message(ada, conversation, 3, SPAM)
        revise(world, conversation, ben, "edited", 3, f"version {n}")
    kept = [one["body"] for one in the_report().kept]
    assert kept == ["message 3", *(f"version {n}" for n in range(MOST_KEPT - 1))]


def test_a_closed_one_that_is_reported_again_is_open_again(chat: Chat, reports: Reports) -> None:
    ada, _, conversation = chat
    reports.message(ada, conversation, 3, SPAM)
    Report.objects.update(set__state="closed", set__closed_at=now(), set__taken_by="x", set__outcome="dismissed")
    reports.message(ada, conversation, 3, SPAM)
    report = the_report()
    assert (report.state, report.closed_at, report.taken_by) == ("open", None, None)
    Report.objects.update(set__state="taken", set__taken_by="x")
    reports.message(ada, conversation, 3, SPAM)
    assert (the_report().state, the_report().taken_by) == ("taken", "x")


def test_messages_around_it_go_along_only_where_the_reporter_agrees(world: World, chat: Chat, reports: Reports) -> None:
    ada, ben, conversation = chat
    world.conversations.hide(ada, conversation, 4)
    revise(world, conversation, ben, "deleted", 2)
    reports.message(ada, conversation, 5, Complaint("hate", around=True))
    around = the_report().around
    assert [(one["seq"], one["body"]) for one in around] == [(n, f"message {n}") for n in (3, 6, 7, 8)]
    assert {one["sender"] for one in around} == {ben}
    reports.message(ada, conversation, 5, Complaint("hate"))
    assert len(the_report().around) == 4, "what was agreed to stays"


def test_only_what_one_can_see_is_reported(world: World, chat: Chat, reports: Reports) -> None:
    ada, ben, conversation = chat
    eve = world.person("Eve")
    with pytest.raises(NotAMember):
        reports.message(eve, conversation, 3, SPAM)
    for seq in (0, 99, 10**12):
        with pytest.raises(NotFound):
            reports.message(ada, conversation, seq, SPAM)
    with pytest.raises(Invalid):
        reports.message(ben, conversation, 3, SPAM)
    world.contacts.change(ada, ben, {"blocked": True})
    hidden = world.say(conversation, ben, "withheld")
    with pytest.raises(NotFound):
        reports.message(ada, conversation, hidden, SPAM)
    revise(world, conversation, ben, "deleted", 3)
    with pytest.raises(Conflict):
        reports.message(ada, conversation, 3, SPAM)
    assert Report.objects.count() == 0


def test_who_left_a_group_reports_what_they_saw_and_nothing_later(world: World, reports: Reports) -> None:
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    group = world.groups.create(ada, "Two", [ben], str(uuid.uuid4()))["id"]
    seen = world.say(group, ada, "seen by Ben")
    world.groups.leave(ben, group, str(uuid.uuid4()))
    later = world.say(group, ada, "not seen by Ben")
    reports.message(ben, group, seen, Complaint("other", around=True))
    assert the_report().around == []
    with pytest.raises(NotFound):
        reports.message(ben, group, later, SPAM)


def test_a_person_is_reported_as_they_present_themselves(world: World, reports: Reports) -> None:
    ada, ben = world.person("Ada"), world.person("Ben", handle="ben", about="sells everything")
    view = reports.person(ada, ben, Complaint("impersonation"))
    report = the_report()
    (kept,) = report.kept
    assert (kept["name"], kept["handle"], kept["about"]) == ("Ben", "ben", "sells everything")
    assert (view["kind"], view["person"], view["conversation"], view["seq"]) == ("person", ben, None, None)
    reports.person(ada, ben, Complaint("fraud"))
    assert len(the_report().kept) == 1
    with pytest.raises(Invalid):
        reports.person(ada, ada, SPAM)
    with pytest.raises(NotFound):
        reports.person(ada, "a" * 22, SPAM)


def test_nobody_reports_without_end(world: World, chat: Chat, reports: Reports) -> None:
    ada, ben, conversation = chat
    world.limits.allowed["report"] = 2
    reports.message(ada, conversation, 1, SPAM)
    reports.person(ada, ben, SPAM)
    with pytest.raises(RateLimited):
        reports.message(ada, conversation, 2, SPAM)


def test_what_was_closed_long_ago_goes(chat: Chat, reports: Reports) -> None:
    ada, _, conversation = chat
    for seq in (1, 2, 3):
        reports.message(ada, conversation, seq, SPAM)
    Report.objects(seq__in=(1, 2)).update(set__state="closed", set__closed_at=now())
    Report.objects(seq=1).update(set__closed_at=now() - KEPT - timedelta(days=1))
    Report.objects(seq=3).update(set__reported_at=now() - KEPT - timedelta(days=1))
    assert reports.sweep() == 1
    assert sorted(Report.objects.scalar("seq")) == [2, 3]


def test_a_deleted_account_leaves_no_words_and_no_profile(world: World, chat: Chat, reports: Reports) -> None:
    ada, ben, conversation = chat
    reports.message(ada, conversation, 3, Complaint("spam", "my own words", around=True))
    reports.person(ada, ben, SPAM)
    reports.person(ben, ada, Complaint("hate", "Ben's words"))
    Notice(id="n" * 22, user=ada, kind="warning", text="be kind").save()
    forget(ada)
    about_ben = Report.objects.get(person=ben, kind="message")
    assert (about_ben.reporter or "", about_ben.note or "", about_ben.around) == ("", "", [])
    assert [kept["body"] for kept in about_ben.kept] == ["message 3"], "what Ben wrote"
    about_ada = Report.objects.get(person=ada)
    assert (about_ada.kept, about_ada.note) == ([], "Ben's words")
    assert Notice.objects.count() == 0
