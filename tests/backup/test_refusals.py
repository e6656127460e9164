"""What cannot be restored is refused in one sentence, and nothing is written."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.backup import finishing, stale
from app.backup.files import Broken
from app.backup.manifest import NAME
from app.backup.taking import Refused
from app.models import Device, Job, User
from app.models.operations import RESTORING
from app.preflight import check_mongodb
from app.sequencing import keys
from app.sequencing.store import Store
from app.services.photos import _files as photos
from config import ConfigError
from migrations.runner import applied, missing, steps
from tests.backup.conftest import Site
from tests.sequencing.conftest import Log

Make = Callable[..., Site]
MESSAGES = "messages.bson.gz"


@pytest.fixture
def taken(site: Site, log: Log) -> Site:
    Store().commit([log.proposal() for _ in range(20)])
    site.take()
    return site


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object], *, digest: bool = True) -> None:
    """Another manifest; with its digest, unless that is what is tested."""
    from app.backup import manifest as module

    whole = json.loads((folder / NAME).read_text())
    change(whole["manifest"])
    if digest:
        whole["sha256"] = module._digest(whole["manifest"])
    (folder / NAME).write_text(json.dumps(whole))


DAMAGE: list[tuple[str, Callable[[Path], object]]] = [
    ("manifest.json: it is no backup, or one that was broken off", lambda f: (f / NAME).unlink()),
    ("manifest.json cannot be read", lambda f: (f / NAME).write_bytes((f / NAME).read_bytes()[:-40])),
    ("manifest.json is not what was written", lambda f: rewrite(f, lambda m: m.update(gone=["x"]), digest=False)),
    ("has format 2, and this Chatter reads format 1", lambda f: rewrite(f, lambda m: m.update(format=2))),
    ("messages.bson.gz is missing", lambda f: (f / MESSAGES).unlink()),
    (
        "messages.bson.gz has .* bytes and should",
        lambda f: (f / MESSAGES).write_bytes((f / MESSAGES).read_bytes()[:-9]),
    ),
    ("messages.bson.gz is not what was written", lambda f: flip(f / MESSAGES, 99)),
    ("messages.bson.gz has 20 documents and should have 21", lambda f: rewrite(f, one_more)),
]


def one_more(manifest: dict[str, Any]) -> None:
    (file,) = (file for file in manifest["files"] if file["file"] == MESSAGES)
    file["documents"] += 1


@pytest.mark.parametrize(("words", "damage"), DAMAGE, ids=[words for words, _ in DAMAGE])
def test_a_damaged_backup_is_refused(
    words: str, damage: Callable[[Path], object], taken: Site, make_site: Make
) -> None:
    damage(taken.folder)
    target = make_site()
    with pytest.raises(Broken, match=words):
        target.restore()
    assert target.database.list_collection_names() == []


def test_a_file_that_was_cut_off_and_written_into_the_manifest_is_refused(taken: Site, make_site: Make) -> None:
    """The hash is right, and the documents are not."""
    path = taken.folder / MESSAGES
    with gzip.open(path) as file:
        content = file.read()
    path.write_bytes(gzip.compress(content[:-7]))
    import hashlib

    def as_found(manifest: dict[str, Any]) -> None:
        (file,) = (file for file in manifest["files"] if file["file"] == MESSAGES)
        file |= {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}

    rewrite(taken.folder, as_found)
    with pytest.raises(Broken, match=r"cannot be read behind document 19"):
        make_site().restore()


def test_a_database_that_is_not_empty_is_refused(taken: Site, make_site: Make) -> None:
    with pytest.raises(Refused, match="is not empty"):
        taken.restore()
    target = make_site()
    target.database.create_collection("messages")  # as sharding makes it
    target.database.people.insert_one({})
    with pytest.raises(Refused, match=r"there is something in people.*dropDatabase"):
        target.restore()
    target.database.people.drop()
    target.restore()
    assert target.database.messages.count_documents({}) == 20


def test_another_shard_count_and_a_newer_version_are_refused(taken: Site, make_site: Make) -> None:
    with pytest.raises(Refused, match="SHARD_COUNT 2, and it is set to 3"):
        make_site(SHARD_COUNT="3").restore()
    rewrite(taken.folder, lambda manifest: manifest["migrations"].append("9999_later"))
    with pytest.raises(Refused, match="a newer Chatter, which ran 9999_later"):
        make_site().restore()


def test_an_older_backup_is_brought_up(site: Site, make_site: Make) -> None:
    site.database.migrations.delete_one({"name": steps()[-1]})
    site.take()
    target = make_site()
    assert f"migrations: {steps()[-1]}" in target.restore()
    assert (missing(target.database), applied(target.database)) == ([], list(steps()))


def test_what_redis_remembers_is_refused_or_taken_out(taken: Site, make_site: Make) -> None:
    taken.redis.hset(keys.sequence(0, "x"), "committed", 99)
    taken.redis.set("somebody-elses", "1")
    target = make_site()
    with pytest.raises(Refused, match=r"holds what was before \(seq:\{0\}:x"):
        target.restore(empty_redis=False)
    assert target.database.list_collection_names() == []
    assert "Redis: emptied of 1 keys" in target.restore()
    assert taken.redis.keys() == ["somebody-elses"]


def test_nothing_is_restored_beside_running_processes(taken: Site, make_site: Make) -> None:
    seconds: Any = taken.redis.time()
    taken.redis.zadd(keys.COMMITTERS, {"worker:there": seconds[0]})
    taken.redis.hset(keys.PROCESSES, "too", json.dumps({"at": seconds[0]}))
    taken.redis.hset(keys.PROCESSES, "gone", json.dumps({"at": seconds[0] - 60}))
    with pytest.raises(Refused, match=r"are running \(there, too\): stop"):
        make_site().restore()


def test_a_restore_that_was_broken_off_lets_nobody_start(
    taken: Site, make_site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room")

    target = make_site()
    monkeypatch.setattr(finishing, "finish", fail)
    with pytest.raises(OSError, match="no room"):
        target.restore()
    with pytest.raises(ConfigError, match="is half restored"):
        check_mongodb(target.settings, target.database)
    with pytest.raises(Refused, match="is not empty"):
        target.restore()
    monkeypatch.undo()
    target.database.client.drop_database(target.database.name)
    target.restore()
    check_mongodb(target.settings, target.database)
    assert RESTORING not in target.database.list_collection_names()


def test_a_folder_that_holds_something_is_no_place_for_a_backup(taken: Site) -> None:
    with pytest.raises(Refused, match="is not empty"):
        taken.take()


def test_all_collections_and_indexes_come_back_but_copies(site: Site, make_site: Make) -> None:
    """Also those of a version that this one does not know."""
    site.database.later.create_index("x", unique=True, sparse=True)
    site.database.later.insert_many([{"x": n} for n in range(3)])
    site.database["exports.files"].insert_one({"_id": 1})
    Job(id="export:ada", kind="export", user="ada").save()
    Job(id="deletion:ada", kind="deletion", user="ada").save()
    picture = str(photos().put(b"pixels", _id="p"))
    User(id="ada", name="Ada", avatar=picture).save()
    User(id="ben", name="Ben", avatar="changed meanwhile").save()
    Device(id="d", user="ada").save()
    before = {name: site.database[name].index_information() for name in site.database.list_collection_names()}
    site.take()
    target = make_site()
    said = target.restore()
    after = {name: target.database[name].index_information() for name in target.database.list_collection_names()}
    assert after == {name: indexes for name, indexes in before.items() if name != "exports.files"} | {
        name: after[name] for name in after.keys() - before.keys()
    }
    assert after.keys() - before.keys() <= {"migration_lock"}
    assert [job.id for job in Job.objects] == ["deletion:ada"]
    assert photos().get("p").read() == b"pixels"
    assert [user.avatar for user in User.objects.order_by("id")] == ["p", None]
    assert "pictures that were changed while the backup was taken, and are not in it: 1" in said
    assert Device.objects.get(id="d").signed_out_at is not None
    assert target.database.later.count_documents({}) == 3


def test_every_key_there_is_matches_a_pattern() -> None:
    made = {
        name: function(*["1"] * function.__code__.co_argcount)
        for name, function in vars(keys).items()
        if callable(function) and getattr(function, "__module__", "") == keys.__name__ and name != "left"
    } | {name: value for name, value in vars(keys).items() if name.isupper() and isinstance(value, str)}
    del made["ALL_CHANNELS"]
    assert len(made) > 20
    patterns = [re.compile(pattern.replace("*", ".*")) for pattern in keys.ALL_KEYS]
    lost = {name: key for name, key in made.items() if not any(p.fullmatch(key) for p in patterns)}
    assert lost == {}
    assert stale.SILENT_S > 5
