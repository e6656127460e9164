"""`make run`: the stores, the migrations, two web workers and one worker process, on one machine, until Ctrl+C.

A child that dies is started again. When this process dies, however it dies, the kernel ends its children.
"""

import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from types import FrameType

from dev.children import Kept, Program
from dev.console import Console
from dev.embedded import EmbeddedMongo, EmbeddedServer, EmbeddedValkey, ServerFailed
from dev.lifetimes import end_with_own_parent
from dev.run_lock import AlreadyRunning, RunLock
from dev.surroundings import environment_of_run

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_SECONDS = 60.0
MIGRATED_WITHIN_SECONDS = 120.0
_LOOK_EVERY_SECONDS = 0.2


class CannotRun(Exception):
    """Why there is nothing to run; the message is one sentence for the person at the terminal."""


class Supervisor:
    """Runs everything once; `data_dir` holds the stores' data, the generated secrets and the lock."""

    def __init__(self, data_dir: Path, environ: dict[str, str], console: Console) -> None:
        self._data_dir = data_dir
        self._environ = environ
        self._console = console
        self._lock = RunLock(data_dir)
        self._stores: list[Kept] = []
        self._programs: list[Kept] = []
        self._stop_asked = threading.Event()
        self._since = datetime.now().astimezone()
        self._ready = False

    @property
    def address(self) -> str:
        return f"http://localhost:{self._environ['PORT']}"

    def run(self) -> int:
        """Run until asked to stop; returns the process's exit code."""
        try:
            self._lock.acquire()
        except AlreadyRunning as other:
            told = other.running
            self._console.plain(
                f"Chatter is already running at {told.get('address', 'another port')} "
                f"(process {told.get('pid', '?')}, since {told.get('since', '?')}): use that one, or stop it first."
            )
            return 1
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            self._start()
            self._watch()
            return 0
        except (CannotRun, ServerFailed) as refusal:
            if self._stop_asked.is_set():
                return 0
            self._console.plain(str(refusal))
            return 1
        finally:
            self._stop()
            self._lock.release()

    def _start(self) -> None:
        self._refuse_a_taken_port()
        self._tell()
        self._console.say("chatter", "starting …")
        self._start_stores()
        self._migrate()
        for name, command in (
            ("web", ["-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]),
            ("worker", ["-m", "app.background"]),
        ):
            self._programs.append(Kept(self._program(name, command)))
            self._programs[-1].start()
        self._tell()
        self._wait_until_ready()
        self._ready = True
        self._tell()
        self._console.plain(f"\n  Chatter is running at {self.address}\n  Press Ctrl+C to stop it.\n")

    def _start_stores(self) -> None:
        for variable, kind in (("REDIS_URL", EmbeddedValkey), ("MONGODB_URI", EmbeddedMongo)):
            if variable in self._environ:
                self._console.say("chatter", f"using the server that {variable} names.")
                continue
            server = kind(self._data_dir / kind.name, output=self._console.pipe_for(kind.name))
            self._stores.append(Kept(server))
            self._stores[-1].start()
            self._environ[variable] = _address_of(server)
            self._console.say(kind.name, f"ready on port {server.port}, data in {server.data_dir}")

    def _migrate(self) -> None:
        self._go_on_or_stop()
        migrations = self._program("migrations", ["-m", "migrations"])
        migrations.start()
        deadline = time.monotonic() + MIGRATED_WITHIN_SECONDS
        while migrations.alive:
            if self._stop_asked.wait(_LOOK_EVERY_SECONDS) or time.monotonic() > deadline:
                migrations.stop()
                self._go_on_or_stop()
                raise CannotRun(f"The migrations did not end within {MIGRATED_WITHIN_SECONDS:.0f} s.")
        if migrations.process is None or migrations.process.returncode != 0:
            time.sleep(_LOOK_EVERY_SECONDS)  # for its last words to be copied first
            raise CannotRun("The migrations failed, so Chatter was not started; the reason stands above.")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers_ready():
            self._go_on_or_stop()
            for kept in (*self._stores, *self._programs):
                if not kept.child.alive:
                    time.sleep(_LOOK_EVERY_SECONDS)
                    raise CannotRun(f"{kept.child.name} ended while starting ({kept.how_it_ended}): see above.")
            if time.monotonic() > deadline:
                raise CannotRun(
                    f"Chatter was not ready within {READY_WITHIN_SECONDS:.0f} s: see {self.address}/health/ready."
                )
            self._stop_asked.wait(_LOOK_EVERY_SECONDS)

    def _answers_ready(self) -> bool:
        # The loopback address, not the name: nothing on the way may answer for us, a proxy least of all.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self._environ['PORT']}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _watch(self) -> None:
        while not self._stop_asked.wait(_LOOK_EVERY_SECONDS):
            for kept in (*self._stores, *self._programs):
                news = kept.look(time.monotonic())
                if news is not None:
                    self._console.say("chatter", news)
                    self._tell()

    def _stop(self) -> None:
        """The web first, so that nothing new is accepted; the stores last, because the others still write."""
        if self._programs:
            self._console.say("chatter", "stopping …")
        for kept in (*self._programs, *reversed(self._stores)):
            kept.child.stop()
        if self._stores or self._programs:
            self._console.say("chatter", "stopped.")

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._stop_asked.is_set():
            for kept in (*self._programs, *self._stores):
                if kept.child.process is not None:
                    kept.child.process.kill()  # asked twice: at once
        self._stop_asked.set()

    def _go_on_or_stop(self) -> None:
        if self._stop_asked.is_set():
            raise CannotRun("Stopped while starting.")

    def _program(self, name: str, arguments: list[str]) -> Program:
        output = self._console.pipe_for(name)
        return Program(name, [sys.executable, *arguments], self._environ, ROOT, output)

    def _refuse_a_taken_port(self) -> None:
        text = self._environ["PORT"]
        if not text.isdecimal() or not 0 < int(text) < 65_536:
            raise CannotRun(f"PORT must be a whole number from 1 to 65535, not {text!r}.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(text)))
            except OSError:
                raise CannotRun(
                    f"Port {text} is taken by another program: stop that one, or choose another port, "
                    f"such as PORT={int(text) % 65_535 + 1} make run."
                ) from None

    def _tell(self) -> None:
        self._lock.tell(
            {
                "address": self.address,
                "pid": os.getpid(),
                "since": self._since.isoformat(timespec="seconds"),
                "ready": self._ready,
                "mongodb_uri": self._environ.get("MONGODB_URI"),
                "redis_url": self._environ.get("REDIS_URL"),
                "pids": {kept.child.name: kept.child.pid for kept in (*self._stores, *self._programs)},
            }
        )


def _address_of(server: EmbeddedServer) -> str:
    if isinstance(server, EmbeddedValkey):
        return server.url
    assert isinstance(server, EmbeddedMongo)
    return server.uri


def main() -> int:
    if os.environ.get("MAKELEVEL"):
        end_with_own_parent(signal.SIGTERM)  # `make` itself was killed: then its recipe ends too
    data_dir = Path(os.environ.get("CHATTER_DATA_DIR") or ROOT / ".data").resolve()
    env_file = Path(os.environ.get("CHATTER_ENV_FILE") or ROOT / ".env")
    environ = environment_of_run(os.environ, env_file, data_dir)
    return Supervisor(data_dir, environ, Console()).run()


if __name__ == "__main__":
    sys.exit(main())
