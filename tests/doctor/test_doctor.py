"""The doctor's report of an installation that is well, one that is misconfigured and one that is damaged."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.ids import message_id
from app.models import Conversation
from app.models.connection import connect
from app.models.messages import SENT_ONCE, messages
from tests.installation import ROOT, Installation
from tests.system.conftest import wait_until


@pytest.fixture
def installation(tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str) -> Iterator[Installation]:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri) as installation:
        connect(clean_mongodb_uri)
        yield installation


def doctor(installation: Installation, *arguments: str, **settings: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and each check's state and words."""
    ended = subprocess.run(
        [sys.executable, "-m", "app.doctor", "--json", *arguments],
        cwd=ROOT,
        env=os.environ | installation.environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )
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


def test_a_misconfigured_one_is_told_what_to_set(installation: Installation) -> None:
    code, found = doctor(installation, SHARD_COUNT="many")
    assert code == 2
    assert list(found) == ["configuration"]
    assert "SHARD_COUNT" in found["configuration"][1]
    code, found = doctor(installation, "--quick", SHARD_COUNT="5")
    assert code == 2
    assert found["mongodb"][0] == "wrong"
    assert "this installation was made with 4" in found["mongodb"][1]
    assert "logs" not in found


def test_what_is_damaged_or_missing_is_named(installation: Installation) -> None:
    conversation = Conversation(kind="group", title="t", created_by="u").save().id
    own = {"c": conversation, "s": "u", "k": "text", "b": "", "h": "", "t": 1}
    messages().insert_many(own | {"_id": message_id(conversation, n), "i": str(n), "o": n} for n in (1, 2, 4))
    messages().drop_index(SENT_ONCE)
    code, found = doctor(installation)
    assert code == 2
    assert found[f"log {conversation}"] == ("wrong", "entry 3 is missing")
    assert found["logs"] == ("wrong", "conversations read: 1, entries: 4, damaged: 1")
    assert "messages (c, s, i)" in found["indexes"][1]
    assert "nobody commits shards 0, 1, 2, 3" in found["committers"][1]
    assert doctor(installation, "--conversation", "none")[1]["logs"] == ("wrong", "there is no conversation none")
