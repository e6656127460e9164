"""Steps run once, one process at a time."""

import gevent

from app.models.connection import connect
from config import Settings
from migrations.runner import missing, run, steps
from tests.installation import ENVIRONMENT


def settings(redis_url: str, mongodb_uri: str) -> Settings:
    return Settings.from_env(ENVIRONMENT | {"REDIS_URL": redis_url, "MONGODB_URI": mongodb_uri, "SHARD_COUNT": "7"})


def test_steps_run_once_and_what_is_fixed_is_written_down(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    database = connect(clean_mongodb_uri)
    assert missing(database) == list(steps()) != []
    assert run(settings(clean_redis_url, clean_mongodb_uri), database) == list(steps())
    assert missing(database) == []
    assert run(settings(clean_redis_url, clean_mongodb_uri), database) == []
    assert database["installation"].find_one()["shard_count"] == 7
    assert "sent_once" in database["messages"].index_information()


def test_five_at_once_apply_each_step_once(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    database = connect(clean_mongodb_uri)
    own = settings(clean_redis_url, clean_mongodb_uri)
    jobs = [gevent.spawn(run, own, database) for _ in range(5)]
    gevent.joinall(jobs, raise_error=True)
    assert sorted(len(job.value) for job in jobs) == [0, 0, 0, 0, len(steps())]
