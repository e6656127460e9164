"""`make demo` fills a running Chatter, once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import mongoengine

from app.models import Conversation, Membership, User
from app.models.connection import connect
from app.models.messages import messages, read_range
from dev.demo_script import DIRECT, GROUP_LINES, GROUP_REACTIONS, NOTES, RESIDENTS
from tests.installation import ROOT, Installation

LINES = len(GROUP_LINES) + len(NOTES) + sum(len(lines) for lines in DIRECT)


def demo(installation: Installation) -> str:
    return subprocess.run(
        [sys.executable, "-m", "dev.demo"],
        cwd=ROOT,
        env=os.environ | installation.environment | {"CHATTER_DATA_DIR": str(installation.folder)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout


def test_the_demo_fills_a_running_chatter_once(tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str) -> None:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri) as installation:
        installation.web()
        first = demo(installation)
        second = demo(installation)
    connect(clean_mongodb_uri)
    assert f"{LINES} messages added." in first and "Everything was there already." in second
    assert re.findall(r"\+1\d{10}", first) == [resident.phone for resident in RESIDENTS]
    assert User.objects(onboarded_at__ne=None).count() == len(RESIDENTS)
    assert Conversation.objects.count() == len(DIRECT) + 2
    assert messages().count_documents({}) == LINES + 1 + len(GROUP_REACTIONS)
    group = Conversation.objects.get(kind="group")
    entries = read_range(group.id, 0, 200)
    times = [entry.created_at for entry in entries]
    assert [entry.kind for entry in entries] == ["created"] + ["text"] * len(GROUP_LINES) + ["reacted"] * len(
        GROUP_REACTIONS
    )
    shown = [len(entry.fold.current.reactions) for entry in entries if entry.fold]
    assert shown == [3, 3, 3]
    assert [entries[entry.target - 1].body for entry in entries if entry.kind == "text" and entry.target][1:] == [
        "Staging p99 went from 180 ms to 95 ms after the migration. Is that real?",
        "The focus ring was invisible in dark mode. Patch is tiny, may it ride along?",
    ]
    assert times == sorted(times) and times[-1] - times[0] > 24 * 3600 * 1000
    assert Membership.objects(conversation=group.id).count() == len(RESIDENTS)
    mongoengine.disconnect_all()
