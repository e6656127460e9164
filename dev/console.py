"""One terminal for several processes: each line with the name of who wrote it."""

import os
import sys
import threading
from typing import TextIO

_COLOURS = {"valkey": 31, "mongodb": 32, "migrations": 35, "web": 36, "worker": 33, "chatter": 1}
_NAME_WIDTH = max(len(name) for name in _COLOURS)


class Console:
    """Interleaves whole lines; colours only where a person looks."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._colours = stream.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()

    def say(self, name: str, line: str) -> None:
        """Print `line` as coming from `name`."""
        prefix = f"{name:<{_NAME_WIDTH}} |"
        if self._colours:
            prefix = f"\x1b[{_COLOURS.get(name, 0)}m{prefix}\x1b[0m"
        self.plain(f"{prefix} {line}")

    def plain(self, line: str) -> None:
        """Print `line` as it is."""
        with self._lock:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except OSError:
                pass  # the terminal is gone; the processes are still to be stopped in order

    def pipe_for(self, name: str) -> int:
        """Return a file descriptor whose lines are shown under `name`. It stays open over restarts of who writes."""
        reading, writing = os.pipe()
        threading.Thread(target=self._copy, args=(name, reading), name=f"log of {name}", daemon=True).start()
        return writing

    def _copy(self, name: str, reading: int) -> None:
        with os.fdopen(reading, "r", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.strip():
                    self.say(name, line.rstrip())
