"""A whole Chatter as processes on loopback: servers and workers that a test may kill, freeze and start again."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from dev.embedded import free_port
from dev.lifetimes import die_with_parent

ROOT = Path(__file__).parent.parent
READY_WITHIN_S = 40.0
ENDS_WITHIN_S = 110.0
FLASK = ("-m", "flask", "--app", "wsgi")
GUNICORN = ["-m", "gunicorn", "-c", "gunicorn.conf.py"]

ENVIRONMENT = {
    "CHATTER_ENV": "development",
    "SECRET_KEY": "a-secret-key-for-the-tests-and-nothing-else-4711",
    "JWT_SECRET_KEY": "another-key-for-the-tests-and-nothing-else-0815",
    "WEB_CONCURRENCY": "1",
    "DEFAULT_COUNTRY": "US",
    "LOG_FORMAT": "json",
}


class Process:
    """One server or worker. Its output is in ``log``."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self._arguments, self.environment, self.log = arguments, environment, log
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen is not None else None

    def wait(self, within_s: float = 20.0) -> int:
        """Wait until it has ended by itself; the exit code."""
        assert self._popen is not None
        return self._popen.wait(within_s)

    def signal(self, number: int) -> None:
        """Send a signal to the process and its children alike."""
        if self._popen is not None and self._popen.poll() is None:
            os.killpg(self._popen.pid, number)

    def kill(self) -> None:
        """kill -9, the whole process group."""
        self.signal(signal.SIGKILL)
        if self._popen is not None:
            self._popen.wait()

    def stop(self, within_s: float = 20.0) -> int:
        """SIGTERM to the parent, as a platform does; the exit code."""
        if self._popen is None:
            return 0
        if self._popen.poll() is None:
            self._popen.terminate()
        try:
            return self._popen.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within {within_s} s:\n{self.log.read_text()[-3000:]}") from None


class Web(Process):
    """One gunicorn with one gevent-websocket worker, an address of its own. ``app`` is what it serves."""

    def __init__(self, environment: dict[str, str], log: Path, app: str) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        own = {"PORT": str(self.port), "PUBLIC_URL": self.url, "SERVER_ID": f"web{self.port}"}
        super().__init__([*GUNICORN, app], environment | own, log)

    def wait_until_ready(self) -> None:
        limit = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < limit:
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{self.url} is not ready:\n{self.log.read_text()[-4000:]}")


class Installation:
    """Migrates the database, then starts what is asked for. Use as a context manager."""

    def __init__(self, folder: Path, redis_url: str, mongodb_uri: str, **settings: str) -> None:
        self.folder = folder
        self.environment = ENVIRONMENT | {"REDIS_URL": redis_url, "MONGODB_URI": mongodb_uri} | settings
        self._processes: list[Process] = []
        subprocess.run(
            [sys.executable, "-m", "migrations"],
            cwd=ROOT,
            env=os.environ | self.environment,
            check=True,
            capture_output=True,
            text=True,
        )

    def web(self, *, wait: bool = True, app: str = "wsgi:app", **settings: str) -> Web:
        """Start a server and wait until it is ready (which needs a committer somewhere), unless ``wait`` is False."""
        web = Web(self.environment | settings, self.folder / f"web{len(self._processes)}.log", app)
        web.start()
        self._processes.append(web)
        if wait:
            web.wait_until_ready()
        return web

    def worker(self, **settings: str) -> Process:
        own = {"SERVER_ID": f"worker{len(self._processes)}"}
        log = self.folder / f"worker{len(self._processes)}.log"
        worker = Process(["-m", "app.background"], self.environment | own | settings, log)
        worker.start()
        self._processes.append(worker)
        return worker

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """``python …`` with these settings, to its end: ``"-m", "app.doctor"``. ``FLASK`` before one of Flask's commands."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | self.environment | settings,
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_S,
            check=False,
        )

    def logs(self) -> str:
        """Everything every process has said."""
        return "\n".join(process.log.read_text() for process in self._processes if process.log.exists())

    def __enter__(self) -> "Installation":
        return self

    def __exit__(self, *_: Any) -> None:
        for process in self._processes:
            process.kill()
