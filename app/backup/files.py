"""Documents in a file: BSON one after the other, as mongodump writes it, compressed, with a hash of what is on the disk."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from bson import raw_bson
from bson.errors import BSONError

SUFFIX = ".bson.gz"
COMPRESSION = 5
READ_BYTES = 1 << 20
MOST_BYTES = 16 * 2**20 + 16 * 2**10
"""Of one document, as MongoDB has it, and what its own servers grant themselves on top."""
PRIVATE = 0o600

Raw = raw_bson.RawBSONDocument


class Broken(Exception):
    """A file is not what the manifest says; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the backup: the collection in it, how many documents, and what lies on the disk."""

    file: str
    collection: str
    documents: int
    bytes: int
    sha256: str


class Writer:
    """Writes the documents of one collection; ``close`` once all are there."""

    def __init__(self, folder: Path, collection: str) -> None:
        self.collection, self.documents = collection, 0
        self._path = folder / f"{collection}{SUFFIX}"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        self._disk = _Hashed(os.fdopen(descriptor, "wb"))
        # Without a name and a time in its head, the same documents make the same file.
        self._file = gzip.GzipFile("", "wb", COMPRESSION, cast("IO[bytes]", self._disk), mtime=0)

    def write(self, document: Raw) -> None:
        self._file.write(document.raw)
        self.documents += 1

    def close(self) -> Written:
        """Everything is on the disk, past every cache, when this returns. Raises OSError."""
        self._file.close()
        self._disk.sync()
        return Written(
            self._path.name, self.collection, self.documents, self._disk.bytes, self._disk.digest.hexdigest()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._disk.file.close()


class _Hashed:
    """A file that knows the hash of what was written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.bytes = file, hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.bytes += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()

    def sync(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())


def check(folder: Path, written: Written) -> None:
    """Hold a file against the manifest: there, as long, the same hash. Raises Broken."""
    path = folder / written.file
    if not path.is_file():
        raise Broken(f"{written.file} is missing.")
    found = path.stat().st_size
    if found != written.bytes:
        raise Broken(f"{written.file} has {found} bytes and should have {written.bytes}.")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    if digest.hexdigest() != written.sha256:
        raise Broken(f"{written.file} is not what was written: its hash is another.")


def read(folder: Path, written: Written) -> Iterator[Raw]:
    """The documents in a file, one after the other. Raises Broken where there are fewer or more than were written."""
    count = 0
    try:
        with gzip.open(folder / written.file, "rb") as file:
            while size := file.read(4):
                yield _document(cast("IO[bytes]", file), size)
                count += 1
    except (EOFError, gzip.BadGzipFile, zlib.error, BSONError) as error:
        raise Broken(f"{written.file} cannot be read behind document {count} ({type(error).__name__}).") from error
    if count != written.documents:
        raise Broken(f"{written.file} has {count} documents and should have {written.documents}.")


def _document(file: IO[bytes], size: bytes) -> Raw:
    length = int.from_bytes(size, "little")
    if not 5 <= length <= MOST_BYTES:
        raise EOFError
    rest = file.read(length - 4)
    if len(rest) != length - 4:
        raise EOFError
    return Raw(size + rest)
