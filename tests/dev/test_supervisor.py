"""`make run` for real: it comes up, heals, says what stands in the way, and leaves nothing behind."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dev.embedded import free_port
from dev.run_lock import RunLock, running
from tests.dev.test_embedded import ROOT, gone, wait_until

READY_WITHIN_SECONDS = 90.0


class Run:
    """One supervisor in a folder of its own."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir
        self.port = port
        self._log = data_dir.parent / f"{data_dir.name}-{port}.log"
        own = {
            name: value for name, value in os.environ.items() if name not in ("MONGODB_URI", "REDIS_URL", "MAKELEVEL")
        }
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dev.supervisor"],
                cwd=ROOT,
                # A developer's own .env may name real stores.
                env={**own, "CHATTER_DATA_DIR": str(data_dir), "PORT": str(port), "CHATTER_ENV_FILE": os.devnull},
                stdout=log,
                stderr=log,
            )

    @property
    def printed(self) -> str:
        return self._log.read_text(errors="replace")

    def until_ready(self) -> dict[str, Any]:
        def ready() -> bool:
            assert self.process.poll() is None, self.printed
            return bool((running(self.data_dir) or {}).get("ready"))

        assert wait_until(ready, READY_WITHIN_SECONDS), self.printed
        told = running(self.data_dir)
        assert told is not None
        return told

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return int(answer.status)


@contextmanager
def run_in(data_dir: Path, port: int) -> Iterator[Run]:
    run = Run(data_dir, port)
    try:
        yield run
    finally:
        run.process.terminate()
        try:
            run.process.wait(60)
        except subprocess.TimeoutExpired:
            run.process.kill()
            run.process.wait()


def below(pid: int) -> set[int]:
    """Every process under `pid`, grandchildren too."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(words[1]), []).append(int(stat.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child)
    return found


def all_gone(pids: set[int]) -> Callable[[], bool]:
    return lambda: all(gone(pid) for pid in pids)


@pytest.mark.timeout(240)
def test_it_serves_heals_and_stops_without_an_orphan(tmp_path: Path) -> None:
    with run_in(tmp_path / "data", free_port()) as run:
        told = run.until_ready()
        assert told["address"] == f"http://localhost:{run.port}"
        assert run.get("/") == 200
        assert run.get("/health/ready") == 200
        assert f"Chatter is running at http://localhost:{run.port}" in run.printed

        secrets_file = run.data_dir / "secrets.json"
        assert secrets_file.stat().st_mode & 0o777 == 0o600
        assert len(set(json.loads(secrets_file.read_text()).values())) == 2

        everything = below(run.process.pid)
        assert len(everything) >= 6  # two stores, a master with two workers, the worker process

        with run_in(run.data_dir, free_port()) as second:
            assert second.process.wait(30) == 1
            assert f"already running at http://localhost:{run.port} (process {run.process.pid}, since" in second.printed

        os.kill(told["pids"]["worker"], signal.SIGKILL)
        assert wait_until(lambda: "worker ended (killed by SIGKILL); starting it again in 1 s." in run.printed)
        assert wait_until(lambda: "worker runs again." in run.printed)
        everything |= below(run.process.pid)

        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(60) == 0, run.printed
        assert wait_until(all_gone(everything))
        assert running(run.data_dir) is None


@pytest.mark.timeout(240)
def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with run_in(tmp_path / "data", free_port()) as run:
        told = run.until_ready()
        everything = below(run.process.pid)
        assert len(everything) >= 6
        assert not any(gone(pid) for pid in everything)
        os.kill(run.process.pid, signal.SIGKILL)
        run.process.wait()
        assert wait_until(all_gone(everything)), (
            f"left: {[pid for pid in everything if not gone(pid)]} of {told['pids']}"
        )
        assert running(run.data_dir) is None

    with run_in(run.data_dir, run.port) as again:  # the lock, the port and the data are usable at once
        again.until_ready()


@pytest.mark.timeout(60)
def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with run_in(tmp_path / "data", port) as run:
            assert run.process.wait(30) == 1
            assert run.printed.startswith(f"Port {port} is taken by another program")
            assert "Traceback" not in run.printed


def test_whoever_only_asks_what_runs_stands_in_nobodys_way(tmp_path: Path) -> None:
    lock = RunLock(tmp_path)
    lock.acquire()
    lock.release()
    with (tmp_path / "run.lock").open() as asked:  # as `running()` holds it, only longer
        fcntl.flock(asked, fcntl.LOCK_SH)
        threading.Timer(0.2, lambda: fcntl.flock(asked, fcntl.LOCK_UN)).start()
        lock.acquire()
        lock.release()


@pytest.mark.timeout(60)
def test_a_lock_left_by_a_dead_supervisor_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text('{"address": "http://localhost:1", "pid": 1}')
    assert running(tmp_path) is None
