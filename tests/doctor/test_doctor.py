"""The doctor's report of an installation that is well, one that is misconfigured and one that is damaged."""

import json
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.doctor.report import examine
from app.domain.ids import message_id
from app.models import Conversation, DeadLetter, Membership
from app.models.connection import connect
from app.models.messages import SENT_ONCE, messages
from app.preflight import NEVER_WORKS
from app.sequencing import keys
from app.stores import connect_redis
from tests.installation import FLASK, Installation
from tests.system.conftest import wait_until

SENT_ONCE_MADE = 'run db.messages.createIndex({"c": 1, "s": 1, "i": 1}, {"unique": true, "name": "sent_once"})'
PROGRAM = ("-m", "flask", "--app", "wsgi", "doctor")


@pytest.fixture
def installation(tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str) -> Iterator[Installation]:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri) as installation:
        connect(clean_mongodb_uri)
        yield installation


def doctor(installation: Installation, *arguments: str, **settings: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and each check's state and words."""
    ended = installation.run(*PROGRAM, "--json", *arguments, **settings)
    assert "Traceback" not in ended.stderr, ended.stderr
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    return ended.returncode, {one["check"]: (one["state"], one["words"]) for one in found}


def test_a_healthy_installation_has_nothing_wrong(installation: Installation) -> None:
    worker = installation.worker()
    wait_until(lambda: worker.log.read_text().count("lease_taken") == 4, 60)
    code, found = doctor(installation)
    states = {check: state for check, (state, _) in found.items() if check != "redis"}
    assert set(states.values()) == {"ok"}, found
    assert found["committers"][1] == "every shard has one; workers alive: 1"
    assert found["redis"][0] in ("ok", "warning"), "the tests' Redis may have no append-only file"
    assert code == (0 if found["redis"][0] == "ok" else 1)
    lines = installation.run("-m", "app.doctor", "--quick")
    assert (lines.returncode, "ok       migrations: all run" in lines.stdout.splitlines()) == (code, True)
    assert "logs:" not in lines.stdout
    with connect_redis(installation.environment["REDIS_URL"]) as redis:
        assert redis.zcard(keys.COMMITTERS) == 1, "a command is no committer"


def test_a_misconfigured_one_is_told_what_to_set(installation: Installation) -> None:
    code, found = doctor(installation, SHARD_COUNT="many")
    assert code == 2
    assert list(found) == ["configuration"]
    assert "SHARD_COUNT" in found["configuration"][1]
    code, found = doctor(installation, "--quick", SHARD_COUNT="5", REDIS_QUEUE_URL="redis://localhost:1")
    assert code == 2
    assert found["mongodb"][0] == "wrong"
    assert "this installation was made with 4" in found["mongodb"][1]
    assert found["queue"] == ("wrong", "Redis does not answer (ConnectionError)")
    assert "logs" not in found


def test_other_commands_end_as_before_where_it_is_misconfigured(installation: Installation) -> None:
    for command in (("admin", "list"), ("run",)):
        ended = installation.run(*FLASK, *command, SHARD_COUNT="many")
        assert ended.returncode == NEVER_WORKS
        assert ended.stderr.startswith("Chatter cannot start: SHARD_COUNT"), ended.stderr


@pytest.fixture
def damaged(installation: Installation) -> str:
    """A conversation with a hole, a client id used twice and a cursor past the end."""
    conversation = str(Conversation(kind="group", title="t", created_by="u").save().id)
    messages().drop_index(SENT_ONCE)
    own = {"c": conversation, "s": "u", "k": "text", "b": "", "h": "", "t": 1}
    messages().insert_many(own | {"_id": message_id(conversation, n), "i": f"c{n % 4}", "o": n} for n in (1, 2, 4, 5))
    Membership(conversation=conversation, user="u", delivered=5, read=6).save()
    return conversation


def test_what_is_damaged_or_missing_is_named(installation: Installation, damaged: str) -> None:
    DeadLetter(conversation=damaged, sender="u", client_id="c", reason="too large").save()
    ended = installation.run(*PROGRAM)
    assert ended.returncode == 2
    lines = ended.stdout.splitlines()
    log = [line for line in lines if line.startswith(f"wrong    log {damaged}: ")]
    assert [line.partition(f"{damaged}: ")[2] for line in log] == [
        "entry 3 is missing",
        "entries 1 and 5 have one client id, c1",
        "u has read 6, and 5 is the last entry",
    ]
    assert "wrong    logs: conversations read: 1, damaged: 1; restore what is missing from a backup" in lines
    assert any(line.startswith("wrong    indexes:") and SENT_ONCE_MADE in line for line in lines)
    assert any(line.startswith("wrong    committers: nobody commits shards 0, 1, 2, 3: start") for line in lines)
    assert any(line.startswith("warning  dead letters:") for line in lines)


def test_one_conversation_or_those_behind_it_are_read(installation: Installation, damaged: str) -> None:
    found = doctor(installation, "--conversation", damaged)[1]
    assert found["logs"][0] == found[f"log {damaged}"][0] == "wrong"
    assert doctor(installation, "--conversation", "none")[1]["logs"] == ("wrong", "there is no conversation none")
    assert doctor(installation, "--after", damaged)[1]["logs"] == ("ok", "conversations read: 0, damaged: 0")


def test_who_breaks_off_is_told_where_to_go_on(
    installation: Installation, damaged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in installation.environment.items():
        monkeypatch.setenv(name, value)
    findings = examine()
    assert isinstance(findings, Generator)
    while next(findings).check != f"log {damaged}":
        pass
    last = findings.throw(KeyboardInterrupt())
    assert (last.state, last.words) == ("warning", f"broken off after 1 conversations: go on with --after {damaged}")
    assert list(findings) == []


def test_an_index_that_does_not_judge_and_a_newer_version_are_named(
    installation: Installation, clean_mongodb_uri: str
) -> None:
    database = connect(clean_mongodb_uri)
    database["memberships"].drop_index("conversation_1_user_1")
    database["memberships"].create_index([("conversation", 1), ("user", 1)])
    database["migrations"].insert_one({"name": "9999_later", "applied": datetime.now(UTC)})
    found = doctor(installation, "--quick")[1]
    assert found["indexes"][0] == "wrong"
    assert found["indexes"][1].endswith(
        'run db.memberships.createIndex({"conversation": 1, "user": 1}, {"unique": true})'
    )
    assert found["migrations"] == (
        "warning",
        "a newer Chatter ran 9999_later: this one may not know all that is stored",
    )
    database["migrations"].delete_one({"name": "0003_push"})
    found = doctor(installation, "--quick")[1]
    assert found["indexes"] == ("wrong", "missing: 1; run python -m migrations")
    assert found["migrations"] == ("wrong", "not run: 0003_push; run python -m migrations")


def test_stores_that_are_away_are_named(installation: Installation) -> None:
    code, found = doctor(installation, REDIS_URL="redis://localhost:1")
    assert code == 2
    assert found["redis"] == ("wrong", "Redis does not answer (ConnectionError)")
    assert found["mongodb"][0] == found["indexes"][0] == found["migrations"][0] == "ok"
