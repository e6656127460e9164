"""Take a backup: everything MongoDB holds but what is made anew or thrown away within a day."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymongo.database import Database

from app.backup.files import Raw, Writer
from app.backup.logs import OF_CONVERSATIONS, RAW, Copied, Logs
from app.backup.manifest import Manifest
from migrations.runner import applied

FIRST = ("jobs",)
"""A deletion that is carried out meanwhile is in the backup as one that is to be carried out."""
LAST = ("contacts", "passkeys", "devices", "users", "photos.files", "photos.chunks")
"""In this order: who or what is named by another was there before it, so it is read after it."""
LEFT_OUT = ("exports.files", "exports.chunks", "migration_lock", "restoring")
"""Copies of people's data live for a day, and are asked for anew: so are the jobs that make them."""
WANTED: dict[str, dict[str, Any]] = {"jobs": {"kind": {"$ne": "export"}}}
FOLDER = 0o700


class Refused(Exception):
    """It cannot be done as things are; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The finished backup, and what it found."""

    manifest: Manifest
    copied: Copied


def take(database: Database[dict[str, Any]], folder: Path, shard_count: int, say: Callable[[str], None]) -> Taken:
    """Write a backup into ``folder``, which is made, or empty; ``say`` hears how it goes.

    Raises Refused, PyMongoError, OSError; what was written by then is no backup, because it has no manifest.
    """
    _make(folder)
    begun = datetime.now(UTC)
    indexes = {name: _indexes(database, name) for name in _collections(database)}
    others = [name for name in indexes if name not in (*FIRST, *OF_CONVERSATIONS, *LAST)]
    with ExitStack() as stack:
        writers: dict[str, Writer] = {}

        def write(collection: str, document: Raw) -> None:
            if collection not in writers:
                writers[collection] = stack.enter_context(Writer(folder, collection))
            writers[collection].write(document)

        def whole(*names: str) -> None:
            for name in names:
                documents: Any = database.get_collection(name, codec_options=RAW).find(WANTED.get(name, {}))
                for document in documents:
                    write(name, document)
                say(f"{name}: {writers[name].documents if name in writers else 0}")

        whole(*FIRST)
        copied = Logs(database).copy(write)
        for name in OF_CONVERSATIONS:
            say(f"{name}: {writers[name].documents if name in writers else 0}")
        whole(*others, *LAST)
        written = [writer.close() for writer in writers.values()]
    version = str(database.client.server_info()["version"])
    moment = begun.isoformat(timespec="milliseconds")
    manifest = Manifest(moment, shard_count, version, applied(database), written, indexes, copied.gone)
    manifest.write(folder)
    return Taken(manifest, copied)


def _make(folder: Path) -> None:
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    if any(os.scandir(folder)):
        raise Refused(f"{folder} is not empty: name a folder that is, or one that is to be made.")


def _collections(database: Database[dict[str, Any]]) -> list[str]:
    names = database.list_collection_names()
    return sorted(name for name in names if name not in LEFT_OUT and not name.startswith("system."))


def _indexes(database: Database[dict[str, Any]], collection: str) -> dict[str, Any]:
    found = database[collection].index_information()
    return {
        name: {key: value for key, value in index.items() if key not in ("v", "ns")}
        for name, index in found.items()
        if name != "_id_"
    }
