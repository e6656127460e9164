"""The processes of a measurement: started, waited for, sampled, ended."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from bench import ROOT
from dev.lifetimes import die_with_parent

READY_WITHIN_S = 40.0
STOP_WITHIN_S = 5.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Failed(Exception):
    """A process did not do what the measurement needs; the message shows the end of its log."""


class Process:
    """One process and its children. What it prints goes to ``log``."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path, folder: Path = ROOT) -> None:
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                arguments,
                cwd=folder,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def wait_until_answers(self, url: str) -> None:
        """Return when ``url`` answers 200; raises Failed."""
        limit = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < limit and self._popen.poll() is None:
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise Failed(f"{url} is not ready:\n{self.log.read_text(errors='replace')[-3000:]}")

    def stop(self) -> None:
        """SIGTERM, and kill -9 for the whole group where that takes too long."""
        if self._popen.poll() is None:
            self._popen.terminate()
            try:
                self._popen.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self._popen.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._popen.wait()


def family(pid: int) -> list[int]:
    """``pid`` and its descendants that are alive."""
    found = [pid]
    for parent in found:
        try:
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
        except OSError:
            continue
    return found


def cpu_s(pids: Iterable[int]) -> float:
    """User and system seconds these processes and their descendants have used so far."""
    ticks = 0
    for pid in pids:
        for member in family(pid):
            try:
                fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_S


def machine_cpu_s() -> float:
    """Seconds all processors of this machine have been busy so far, with whatever it was."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_S


def resident_bytes(pids: Iterable[int]) -> int:
    """Resident memory of these processes and their descendants."""
    pages = 0
    for pid in pids:
        for member in family(pid):
            try:
                pages += int(Path(f"/proc/{member}/statm").read_text().split()[1])
            except OSError:
                continue
    return pages * PAGE_BYTES
