"""`flask --app wsgi admin …` beside running processes: it takes no part in the log, and the first administrator gets in."""

import os
import subprocess
import sys
from pathlib import Path

from redis import Redis

from app.models import AuditEvent, User
from app.models.accounts import now
from app.models.connection import connect
from app.sequencing import keys
from tests.installation import ROOT, Installation


def admin(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "admin", *arguments],
        cwd=ROOT,
        env=os.environ | installation.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_first_administrator_is_made(tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str) -> None:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri) as installation:
        connect(clean_mongodb_uri)
        user = User(name="Ada", phone="+12025550123", handle="ada_l", onboarded_at=now()).save()
        answer = admin(installation, "grant", "+1 202 555 0123")
        assert answer.returncode == 0, answer.stderr
        assert "Ada @ada_l +12025550123" in answer.stdout
        assert User.objects.get(id=user.id).role == "admin"
        assert AuditEvent.objects.get().actor == "command line"
        assert user.id in admin(installation, "list").stdout
        refused = admin(installation, "revoke", "@ada_l")
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        with Redis.from_url(clean_redis_url) as redis:
            assert not redis.exists(keys.COMMITTERS, keys.PROCESSES), (
                "a command is no committer, and no process to look at"
            )
