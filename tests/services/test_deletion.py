"""Deleting an account: a week to keep it, then everything of theirs goes, once, however often the worker is killed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from gridfs import GridFS
from mongoengine.connection import get_db

from app.domain.errors import Conflict, Degraded
from app.models import AuditEvent, Contact, Conversation, Device, Job, Membership, Notice, Report, User
from app.models.accounts import now
from app.models.messages import messages, read_range
from app.sequencing import keys
from app.sequencing.heads import find_head
from app.services.accounts import Accounts
from app.services.administrators import Administrators
from app.services.deletions import Deletions
from app.services.devices import Devices
from app.services.erasure import Erasure
from app.services.exports import Exports
from app.services.jobs import Jobs
from app.services.photos import Photos
from tests.blueprints.test_settings import png
from tests.services.world import World

PHONE = "+447400123456"


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def deletions(world: World, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Deletions:
    monkeypatch.setattr(world.publisher, "sign_out_devices", lambda devices, reason: None)
    return Deletions(jobs)


@pytest.fixture
def erasure(world: World, jobs: Jobs) -> Erasure:
    log: Any = world
    devices = Devices(world.redis, world.publisher)
    exports = Exports(jobs, world.heads, world.limits)
    return Erasure(world.redis, jobs, log, world.conversations, devices, exports, world.publisher)


@pytest.fixture
def friends(world: World) -> list[str]:
    """Ada with a number and a photo, and Ben, Cleo and Dan, her contacts."""
    ada = world.person("Ada", phone=PHONE, google_sub="ada", handle="ada")
    others = world.people("Ben", "Cleo", "Dan")
    User.objects(id=ada).update_one(set__avatar=Photos(10**6).store(ada, png().read()))
    Device(user=ada).save()
    for other in others:
        world.contacts.add_by_id(ada, other)
    return [ada, *others]


def once() -> str:
    return str(uuid.uuid4())


def a_week_later(user: str) -> None:
    past = now() - timedelta(seconds=1)
    User.objects(id=user, deletion_at__ne=None).update_one(set__deletion_at=past)
    Job.objects(id=f"deletion:{user}").update_one(set__due_at=past, set__state="waiting")


def carry_out(erasure: Erasure, jobs: Jobs) -> None:
    job = jobs.claim("worker")
    assert job is not None
    erasure.carry_out(job)


def kinds(conversation: str) -> list[tuple[str, str]]:
    return [(e.kind, e.body) for e in read_range(conversation, 0, find_head(conversation))]


def test_the_only_administrator_stays(deletions: Deletions, friends: list[str]) -> None:
    ada, ben, *_ = friends
    User.objects(id=ada).update_one(set__role="admin")
    with pytest.raises(Conflict, match="only administrator"):
        deletions.ask(ada)
    assert User.objects.get(id=ada).deletion_at is None
    User.objects(id=ben).update_one(set__role="admin")
    assert deletions.ask(ada)
    with pytest.raises(Conflict, match="only administrator"):
        deletions.ask(ben)  # Ada is about to go
    with pytest.raises(Conflict, match="only administrator"):
        Administrators().revoke(ben)


def test_there_is_a_week_to_keep_it(
    world: World, deletions: Deletions, erasure: Erasure, jobs: Jobs, friends: list[str]
) -> None:
    ada = friends[0]
    due = deletions.ask(ada)
    assert timedelta(days=6, hours=23) < due - now() <= timedelta(days=7)
    assert abs(deletions.ask(ada) - due) < timedelta(seconds=1), "asked again"
    assert jobs.claim("worker") is None
    deletions.keep(ada)
    a_week_later(ada)
    carry_out(erasure, jobs)
    assert User.objects.get(id=ada).disabled_at is None
    assert Contact.objects(owner=ada).count() == 3


def test_who_kept_it_and_asks_again_gets_the_whole_week(
    world: World, deletions: Deletions, erasure: Erasure, jobs: Jobs, friends: list[str]
) -> None:
    ada = friends[0]
    deletions.ask(ada)
    Job.objects(id=f"deletion:{ada}").update_one(set__due_at=now() - timedelta(seconds=1))
    deletions.keep(ada)
    due = deletions.ask(ada)
    carry_out(erasure, jobs)
    assert User.objects.get(id=ada).disabled_at is None
    assert abs(Job.objects.get(id=f"deletion:{ada}").due_at - due) < timedelta(seconds=1)
    a_week_later(ada)
    carry_out(erasure, jobs)
    assert User.objects(id=ada).first() is None


def test_everything_of_theirs_goes_and_what_they_wrote_stays(
    world: World, deletions: Deletions, erasure: Erasure, jobs: Jobs, friends: list[str]
) -> None:
    ada, ben, *_ = friends
    chat, note = world.direct(ada, ben), world.direct(ada, ada)
    world.say(chat, ada, "remember me")
    world.say(note, ada, "a secret")
    world.presence.beat(ada, "tab", True)
    deletions.ask(ada)
    a_week_later(ada)
    world.publisher.clear()
    carry_out(erasure, jobs)

    assert User.objects(id=ada).first() is None
    assert (
        Contact.objects(owner=ada).count() == Contact.objects(user=ada).count() == Device.objects(user=ada).count() == 0
    )
    assert list(GridFS(get_db(), "photos").find()) == []
    assert messages().count_documents({"c": note}) == Conversation.objects(id=note).count() == 0
    assert not world.redis.exists(f"user:{{{ada}}}")
    assert Job.objects(kind="deletion").count() == 0
    assert AuditEvent.objects(action="account_deleted", subject=ada).count() == 1

    view = world.conversations.view(ben, chat)
    assert view["last"]["body"] == "remember me"
    (other,) = [m for m in view["members"] if m["user"]["id"] == ada]
    assert (other["user"]["name"], other["user"]["avatar"], other["presence"]["state"]) == (
        "Deleted account",
        None,
        "offline",
    )
    assert {"user": ada} in world.publisher.facts(ben, "contact_removed")
    told = world.publisher.facts(ben, "conversation_added")[-1]["conversation"]
    assert "Deleted account" in str(told["members"])
    again = Accounts().sign_in_by_phone(PHONE)
    assert again.id != ada and again.name == ""


def test_groups_are_left_through_their_logs_and_handed_over(
    world: World, deletions: Deletions, erasure: Erasure, jobs: Jobs, friends: list[str]
) -> None:
    ada, ben, cleo, dan = friends
    led = world.groups.create(ada, "With an admin", [ben, cleo, dan], once())["id"]
    world.groups.appoint(ada, led, dan, "admin", once())
    plain = world.groups.create(ada, "Without", [ben, cleo], once())["id"]
    alone = world.groups.create(ada, "Alone", [], once())["id"]
    world.contacts.add_by_id(ben, ada)
    guest = world.groups.create(ben, "Ben's", [ada], once())["id"]
    deletions.ask(ada)
    a_week_later(ada)
    carry_out(erasure, jobs)
    assert kinds(led)[-2:] == [("role", f"{dan} owner"), ("left", "")]
    (heir,) = [body for kind, body in kinds(plain) if kind == "role"]
    assert heir in (f"{ben} owner", f"{cleo} owner") and kinds(plain)[-1] == ("left", "")
    assert kinds(alone)[-1] == kinds(guest)[-1] == ("left", "")
    assert Membership.objects.get(conversation=led, user=dan).role == "owner"
    view = world.conversations.view(ben, led)
    assert ada not in [m["user"]["id"] for m in view["members"]]
    assert [u["name"] for u in view["former"] if u["id"] == ada] == ["Deleted account"]


def test_a_group_goes_to_nobody_who_is_about_to_go(
    world: World, deletions: Deletions, erasure: Erasure, jobs: Jobs, friends: list[str]
) -> None:
    ada, ben, cleo, _ = friends
    group = world.groups.create(ada, "Three", [ben, cleo], once())["id"]
    world.groups.appoint(ada, group, ben, "admin", once())
    deletions.ask(ben)
    deletions.ask(ada)
    a_week_later(ada)
    carry_out(erasure, jobs)
    assert ("role", f"{cleo} owner") in kinds(group)


STEPS = ("_sign_out", "_leave_groups", "_leave_directs", "_forget_contacts", "_forget_rest")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_anywhere_leaves_a_job_that_another_finishes(
    world: World,
    deletions: Deletions,
    erasure: Erasure,
    jobs: Jobs,
    friends: list[str],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    when: str,
) -> None:
    ada, ben, cleo, _ = friends
    group = world.groups.create(ada, "Three", [ben, cleo], once())["id"]
    chat = world.direct(ada, ben)
    world.say(chat, ada, "hello")
    deletions.ask(ada)
    a_week_later(ada)
    whole = getattr(erasure, step)

    def dies(user: str) -> None:
        if when == "after":
            whole(user)
        raise Degraded

    monkeypatch.setattr(erasure, step, dies)
    with pytest.raises(Degraded):
        carry_out(erasure, jobs)
    with pytest.raises(Conflict):
        deletions.keep(ada)
    monkeypatch.undo()
    monkeypatch.setattr(world.publisher, "sign_out_devices", lambda devices, reason: None)
    Job.objects(id=f"deletion:{ada}").update_one(set__held_until=now() - timedelta(seconds=1))
    carry_out(erasure, jobs)
    assert User.objects(id=ada).first() is None and Job.objects.count() == 0
    assert [kind for kind, _ in kinds(group)] == ["created", "role", "left"], "each entry once"
    assert kinds(chat) == [("text", "hello")]
    assert Contact.objects(user=ada).count() == 0


def test_what_called_them_and_where_they_were_told_goes_too(
    world: World, deletions: Deletions, erasure: Erasure, jobs: Jobs, friends: list[str]
) -> None:
    ada, ben, *_ = friends
    chat = world.direct(ada, ben)
    world.say(chat, ada, "hello")
    world.notifications.change(ada, {"quiet_until": 4_000_000_000_000})
    world.conversations.change(ada, chat, {"notify": "mentions"})
    Membership.objects(user=ada).update(set__pushed=1, set__hidden_seqs=[1], set__marked_unread=True)
    Membership.objects(user=ada).update(
        set__saved=[{"s": 1, "t": 1}], set__saved_rev=1, set__draft="x", set__draft_rev=1
    )
    Device.objects(user=ada).update(set__push_subscription={"endpoint": "https://push.example/ada"})
    world.redis.zadd(keys.PUSH_DUE, {ada: 1, keys.left(ada): 1, ben: 1})
    deletions.ask(ada)
    a_week_later(ada)
    carry_out(erasure, jobs)
    assert Device.objects(user=ada).count() == 0
    (place,) = Membership.objects(user=ada)
    assert (place.notify, place.pushed) == (None, 0)
    assert not place.hidden_seqs and not place.marked_unread and not place.saved and not place.draft
    assert place.saved_rev is None and place.draft_rev is None
    assert world.redis.zrange(keys.PUSH_DUE, 0, -1) == [ben]


def test_reports_lose_the_name_and_notices_go(
    deletions: Deletions, erasure: Erasure, jobs: Jobs, friends: list[str]
) -> None:
    ada, ben, *_ = friends
    Report(id="r" * 22, kind="person", reporter=ada, person=ben, reason="hate", note="my words").save(force_insert=True)
    Notice(id="n" * 22, user=ada, kind="warning", text="Be kind.").save(force_insert=True)
    deletions.ask(ada)
    a_week_later(ada)
    carry_out(erasure, jobs)
    report = Report.objects.get()
    assert (report.reporter or "", report.note or "", report.person) == ("", "", ben)
    assert Notice.objects.count() == 0
