"""`.data/run.lock`: held by the one supervisor of a data folder, and telling what it runs."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any


class AlreadyRunning(Exception):
    """Another supervisor holds the lock; `running` is what it says about itself."""

    def __init__(self, running: dict[str, Any]) -> None:
        super().__init__("already running")
        self.running = running


class RunLock:
    """The lock ends with the process, however that ends; so it can be stale in words, never in fact."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "run.lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises `AlreadyRunning`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Addresses in it may hold passwords.
        opened = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            raise AlreadyRunning(_read(self._path)) from None
        self._file = opened
        self.tell({})

    def tell(self, running: dict[str, Any]) -> None:
        """Write what is running, for `running()` in another process."""
        assert self._file is not None
        text = json.dumps(running, indent=2).encode()
        os.pwrite(self._file, text, 0)
        os.ftruncate(self._file, len(text))

    def release(self) -> None:
        if self._file is not None:
            self.tell({})
            os.close(self._file)
            self._file = None


def running(data_dir: Path) -> dict[str, Any] | None:
    """What the supervisor of `data_dir` runs: `address`, `pid`, `since`, `ready`, `mongodb_uri`, `redis_url`, `pids`.

    None where none runs.
    """
    path = data_dir / "run.lock"
    try:
        opened = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(path)
    finally:
        os.close(opened)
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text() or "{}")
    except ValueError:
        return {}  # caught in the middle of being written
    return told if isinstance(told, dict) else {}
