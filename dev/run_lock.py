"""`.data/run.lock`: held by the one supervisor of a data folder, and telling what it runs."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

# Whoever asks with `running()` holds the lock too, shared and for an instant: that is nobody in the way.
_ASK_AGAIN_FOR_SECONDS = 1.0
_ASK_AGAIN_EVERY_SECONDS = 0.02


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
        deadline = time.monotonic() + _ASK_AGAIN_FOR_SECONDS
        while not _locked(opened, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(opened)
                raise AlreadyRunning(_read(self._path))
            time.sleep(_ASK_AGAIN_EVERY_SECONDS)
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
        return None if _locked(opened, fcntl.LOCK_SH) else _read(path)
    finally:
        os.close(opened)


def _locked(opened: int, kind: int) -> bool:
    """Whether the lock could be taken at once."""
    try:
        fcntl.flock(opened, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text() or "{}")
    except ValueError:
        return {}  # caught in the middle of being written
    return told if isinstance(told, dict) else {}
