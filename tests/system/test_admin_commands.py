"""`flask --app wsgi admin …` beside running processes: it takes no part in the log, and the first administrator gets in."""

from pathlib import Path

from redis import Redis

from app.models import AuditEvent, User
from app.models.accounts import now
from app.models.connection import connect
from app.sequencing import keys
from tests.installation import FLASK, Installation


def test_the_first_administrator_is_made(tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str) -> None:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri) as installation:
        connect(clean_mongodb_uri)
        user = User(name="Ada", phone="+12025550123", handle="ada_l", onboarded_at=now()).save()
        answer = installation.run(*FLASK, "admin", "grant", "+1 202 555 0123")
        assert answer.returncode == 0, answer.stderr
        assert "Ada @ada_l +12025550123" in answer.stdout
        assert User.objects.get(id=user.id).role == "admin"
        assert AuditEvent.objects.get().actor == "command line"
        assert user.id in installation.run(*FLASK, "admin", "list").stdout
        refused = installation.run(*FLASK, "admin", "revoke", "@ada_l")
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        with Redis.from_url(clean_redis_url) as redis:
            assert not redis.exists(keys.COMMITTERS, keys.PROCESSES), (
                "a command is no committer, and no process to look at"
            )
