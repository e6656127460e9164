"""The copy of one's own data holds what one can see and nothing else, and is gone after a day."""

import io
import json
import secrets
import uuid
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from gridfs import GridFS
from mongoengine.connection import get_db

from app.domain.errors import Conflict, NotFound, RateLimited
from app.models import Job, Notice, Report, User
from app.models.accounts import now
from app.services.exports import Exports
from app.services.jobs import JobLost, Jobs
from app.services.photos import Photos
from app.services.saved import Saved
from tests.blueprints.test_settings import png
from tests.services.world import World


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def exports(world: World, jobs: Jobs) -> Exports:
    return Exports(jobs, world.heads, world.limits)


def made(exports: Exports, jobs: Jobs, user: str) -> ZipFile:
    exports.ask(user)
    job = jobs.claim("worker")
    assert job is not None
    exports.make(job)
    return ZipFile(io.BytesIO(exports.open(user).read()))


def read(archive: ZipFile, name: str) -> Any:
    return json.loads(archive.read(name))


def files() -> int:
    return len(list(GridFS(get_db(), "exports").find()))


def test_everything_of_ones_own_is_in_it(world: World, exports: Exports, jobs: Jobs) -> None:
    ada, ben = world.person("Ada", phone="+447400123456"), world.person("Ben", phone="+447400654321")
    User.objects(id=ada).update_one(set__avatar=Photos(10**6).store(ada, png().read()))
    world.contacts.add_by_id(ada, ben)
    chat = world.direct(ada, ben)
    world.notifications.change(ada, {"show_text": False})
    world.conversations.change(ada, chat, {"notify": "mentions"})
    for n in range(450):
        world.say(chat, ada if n % 2 else ben, f"grüße {n}")
    Saved(world.conversations, world.publisher).change(ada, chat, [7, 8], active=True)
    archive = made(exports, jobs, ada)
    assert archive.testzip() is None
    profile = read(archive, "profile.json")
    assert (profile["name"], profile["phone"], profile["privacy"]["receipts"]) == ("Ada", "+447400123456", True)
    assert profile["notifications"] == {"show_text": False, "quiet_until": None, "quiet_daily": None}
    assert [contact["user"]["name"] for contact in read(archive, "contacts.json")] == ["Ben"]
    (listed,) = read(archive, "conversations.json")
    assert (listed["notify"], listed["muted_until"]) == ("mentions", None)
    assert [one["seq"] for one in listed["saved"]] == [7, 8]
    assert {person["name"] for person in listed["people"]} == {"Ada", "Ben"}
    entries = read(archive, listed["file"])
    assert [entry["body"] for entry in entries] == [f"grüße {n}" for n in range(450)]
    assert archive.read("photos/me.webp")[:4] == b"RIFF"
    everything = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    assert "+447400654321" not in everything, "the other's number is the other's"
    status = exports.status(ada)
    assert (status["state"], status["progress"]) == ("done", 100) and status["bytes"] > 1_000


def test_what_one_cannot_see_is_not_in_it(world: World, exports: Exports, jobs: Jobs) -> None:
    ada, ben, cleo = world.people("Ada", "Ben", "Cleo")
    for other in (ben, cleo):
        world.contacts.add_by_id(ada, other)
    group = world.groups.create(ada, "Three", [cleo], str(uuid.uuid4()))["id"]
    world.say(group, ada, "before Ben")
    world.groups.add(ada, group, [ben], str(uuid.uuid4()))
    world.say(group, ada, "with Ben")
    world.groups.remove(ada, group, ben, str(uuid.uuid4()))
    world.say(group, ada, "after Ben")
    chat = world.direct(ben, cleo)
    world.say(chat, ben, "hello")
    world.contacts.change(ben, cleo, {"blocked": True})
    world.say(chat, cleo, "withheld from Ben")
    archive = made(exports, jobs, ben)
    bodies = [
        entry["body"]
        for name in archive.namelist()
        if name.startswith("conversations/")
        for entry in read(archive, name)
    ]
    assert {body for body in bodies if " " in body or body == "hello"} == {"with Ben", "hello"}
    assert sorted(name for name in archive.namelist() if "/" in name) == sorted(
        f"conversations/{id}.json" for id in (group, chat)
    )


def test_one_at_a_time_and_not_too_often(world: World, exports: Exports, jobs: Jobs) -> None:
    ada, ben = world.people("Ada", "Ben")
    world.limits.allowed["export"] = 2
    made(exports, jobs, ada)
    exports.ask(ada)
    assert exports.status(ada)["state"] == "waiting" and files() == 0
    with pytest.raises(Conflict):
        exports.ask(ada)
    with pytest.raises(NotFound):
        exports.open(ada)
    with pytest.raises(NotFound):
        exports.open(ben)
    exports.discard(ada)
    with pytest.raises(RateLimited):
        exports.ask(ada)


def test_it_is_gone_after_a_day(world: World, exports: Exports, jobs: Jobs) -> None:
    (ada,) = world.people("Ada")
    made(exports, jobs, ada)
    assert exports.sweep() == 0
    Job.objects(id=f"export:{ada}").update_one(set__finished_at=now() - timedelta(hours=24, seconds=1))
    with pytest.raises(NotFound):
        exports.open(ada)
    assert exports.status(ada)["state"] == "none"
    assert exports.sweep() == 1
    assert files() == 0 and Job.objects.count() == 0


def test_what_was_broken_off_is_made_anew_and_leaves_nothing(
    world: World, exports: Exports, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben = world.people("Ada", "Ben")
    chat = world.direct(ada, ben)
    for _ in range(160):
        world.say(chat, ada, secrets.token_hex(4_000))  # more than a chunk of the file, also compressed
    exports.ask(ada)
    first = jobs.claim("first")
    assert first is not None
    hold = jobs.hold

    def robbed(job: Job, progress: int | None = None) -> None:
        if job.holder == "first" and progress and progress > 90:
            Job.objects(id=job.id).update_one(set__state="waiting")
        hold(job, progress)

    monkeypatch.setattr(jobs, "hold", robbed)
    monkeypatch.setattr("gridfs.synchronous.grid_file._UPLOAD_BUFFER_SIZE", 1)  # each chunk is stored at once
    with pytest.raises(JobLost):
        exports.make(first)
    assert files() == 0 and get_db()["exports.chunks"].count_documents({}) == 0
    second = jobs.claim("second")
    assert second is not None
    exports.make(second)
    assert files() == 1
    assert len(read(ZipFile(io.BytesIO(exports.open(ada).read())), f"conversations/{chat}.json")) == 160


def test_what_one_reported_and_was_told_is_in_it_and_no_text_of_others(
    world: World, exports: Exports, jobs: Jobs
) -> None:
    ada, ben = world.people("Ada", "Ben")
    kept = [{"body": "what Ben wrote", "at": now()}]
    made_by = {"kind": "message", "conversation": "c" * 22, "seq": 3, "reason": "hate", "kept": kept}
    Report(id="r" * 22, reporter=ada, person=ben, note="my words", **made_by).save(force_insert=True)
    Report(id="s" * 22, reporter=ben, person=ada, note="Ben's words", **made_by).save(force_insert=True)
    Notice(id="n" * 22, user=ada, kind="warning", text="Be kind.", closed_at=now()).save(force_insert=True)
    archive = made(exports, jobs, ada)
    told = read(archive, "reports.json")
    assert [(one["reason"], one["note"], one["person"]) for one in told["reported"]] == [("hate", "my words", ben)]
    assert [(one["text"], one["closed_at"] is not None) for one in told["told"]] == [("Be kind.", True)]
    everything = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    assert "what Ben wrote" not in everything and "Ben's words" not in everything
