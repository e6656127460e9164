"""The supervisor's own processes: started, watched, started again with a growing pause, stopped."""

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from dev.embedded import EmbeddedServer, ServerFailed
from dev.lifetimes import die_with_parent

STOP_WITHIN_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0


class Program:
    """One command as a child that dies with this process."""

    def __init__(self, name: str, command: list[str], environ: Mapping[str, str], directory: Path, output: int) -> None:
        self.name = name
        self._command = command
        self._environ = dict(environ)
        self._directory = directory
        self._output = output
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # Its own session: Ctrl+C reaches the supervisor alone, which stops everything in the right order.
        self.process = subprocess.Popen(
            self._command,
            cwd=self._directory,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )

    def stop(self) -> None:
        """Ask the program to end, wait, and kill it when it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None else None


class Kept:
    """A child and the plan for its next start."""

    def __init__(self, child: Program | EmbeddedServer) -> None:
        self.child = child
        self.started_at = time.monotonic()
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self._start_at: float | None = None

    def start(self) -> None:
        self.child.start()
        self.started_at = time.monotonic()
        self._start_at = None

    def look(self, now: float) -> str | None:
        """Restart the child when it is dead and its pause is over; return what there is to say, if anything."""
        if self.child.alive:
            if now - self.started_at > STEADY_AFTER_SECONDS:
                self._pause_seconds = FIRST_PAUSE_SECONDS
            return None
        if self._start_at is None:
            pause = self._pause_seconds
            self._start_at = now + pause
            self._pause_seconds = min(pause * 2, LONGEST_PAUSE_SECONDS)
            return f"{self.child.name} ended ({self.how_it_ended}); starting it again in {pause:.0f} s."
        if now < self._start_at:
            return None
        try:
            self.start()
        except ServerFailed as failure:
            self._start_at = None  # the next look counts it as one more death, with a longer pause
            return str(failure)
        return f"{self.child.name} runs again."

    @property
    def how_it_ended(self) -> str:
        code = self.child.process.returncode if self.child.process is not None else None
        if code is None:
            return "never started"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
