"""What a backup says about itself. Written last: a folder without it is no backup."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.backup.files import PRIVATE, Broken, Written

FORMAT = 1
NAME = "manifest.json"
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    """``created_at``: when it was begun (RFC 3339, UTC): what was acknowledged before is in it.

    ``migrations``: those that had run. ``gone``: conversations that were deleted while they were read; what there is of
    them is not restored. ``indexes``: of each collection, by name, as MongoDB tells them.
    """

    created_at: str
    shard_count: int
    mongodb: str
    migrations: list[str]
    files: list[Written]
    indexes: dict[str, dict[str, Any]]
    gone: list[str] = field(default_factory=list)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Put it beside the files, whole or not at all. Raises OSError."""
        said = asdict(self)
        whole = json.dumps({"manifest": said, "sha256": _digest(said)}, indent=1).encode()
        draft = folder / f".{NAME}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(whole)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / NAME)
        _sync(folder)


def load(folder: Path) -> Manifest:
    """The manifest of a backup. Raises Broken."""
    path = folder / NAME
    if not folder.is_dir():
        raise Broken(f"There is no folder {folder}.")
    if not path.is_file():
        raise Broken(f"{folder} holds no {NAME}: it is no backup, or one that was broken off.")
    try:
        whole = json.loads(path.read_bytes()[:MOST_BYTES])
        said = whole["manifest"]
        if said["format"] != FORMAT:
            raise Broken(f"The backup has format {said['format']}, and this Chatter reads format {FORMAT}.")
        if whole["sha256"] != _digest(said):
            raise Broken(f"{NAME} is not what was written: its hash is another.")
        return Manifest(**said | {"files": [Written(**file) for file in said["files"]]})
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(f"{NAME} cannot be read: it is cut off or damaged.") from error


def _digest(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _sync(folder: Path) -> None:
    """The new name, too, is to survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
