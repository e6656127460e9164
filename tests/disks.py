"""Disks of a test's own, soon full."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path


def mount_small(place: Path, size: str) -> bool:
    """A disk of its own at ``place``, such as "64m"; False where that is not allowed (it needs root)."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def unmount(place: Path) -> None:
    subprocess.run(["umount", str(place)], check=False, capture_output=True)


def is_mounted(place: Path) -> bool:
    return subprocess.run(["mountpoint", "-q", str(place)], check=False).returncode == 0


@contextlib.contextmanager
def full(disk: Path) -> Iterator[int]:
    """Fill a disk to its last block, and free it at the end; gives the bytes that it took."""
    filler = disk / "filler"
    written = 0
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            written += file.write(b"\0" * 4096)
    try:
        yield written
    finally:
        filler.unlink()
