"""What `make run` gives its processes: the person's own word first, then `.env`, then development's defaults."""

from pathlib import Path

import pytest

from config import Settings
from dev.run_lock import AlreadyRunning, RunLock, running
from dev.surroundings import environment_of_run, read_env_file


def test_an_env_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# A=1\n#B=2\nEMPTY=\nexport C=3\nD = 'four=4'\nE=\"five # 5\"\n\nnonsense\n")
    assert read_env_file(file) == {"C": "3", "D": "four=4", "E": "five # 5"}
    assert read_env_file(tmp_path / "missing") == {}


def test_the_persons_word_goes_first_and_an_empty_one_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=6000\nAPP_NAME=From the file\nSECRET_KEY=\n")
    environ = environment_of_run({"PORT": "7000", "APP_NAME": " "}, file, tmp_path)
    assert environ["PORT"] == "7000"
    assert environ["APP_NAME"] == "From the file"
    assert environ["CHATTER_ENV"] == "development"
    assert len(environ["SECRET_KEY"]) >= 32


def test_the_generated_secrets_stay_and_would_pass_in_production(tmp_path: Path) -> None:
    first = environment_of_run({}, tmp_path / ".env", tmp_path)
    again = environment_of_run({}, tmp_path / ".env", tmp_path)
    assert first == again
    stores = {"MONGODB_URI": "mongodb://db/chatter", "REDIS_URL": "redis://cache", "PUBLIC_URL": "https://chat.test"}
    assert Settings.from_env({**first, **stores, "CHATTER_ENV": "production", "SMS_PROVIDER": "console"})


def test_one_lock_one_holder(tmp_path: Path) -> None:
    lock = RunLock(tmp_path)
    lock.acquire()
    lock.tell({"address": "http://localhost:5000", "note": "long enough to be cut"})
    lock.tell({"address": "http://localhost:5000"})
    with pytest.raises(AlreadyRunning) as other:
        RunLock(tmp_path).acquire()
    assert other.value.running == {"address": "http://localhost:5000"}
    assert running(tmp_path) == {"address": "http://localhost:5000"}
    lock.release()
    assert running(tmp_path) is None
    RunLock(tmp_path).acquire()
