"""What a process under test does wrong on purpose. Production code knows nothing of it: this wraps its seams.

``CHATTER_SABOTAGE`` names, separated by commas, what is broken from the start (``BROKEN``). ``CHATTER_FAILPOINTS`` is a
folder: a file there with the name of a failpoint kills the process, once, when it comes to that place.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo.errors import BulkWriteError

from app.sequencing import committer, keys, leases, sequencer, store
from app.sequencing.scripts import LeaseAnswer, Scripts

FAILPOINTS = ("before_append", "after_append", "after_insert", "after_answer", "after_announce")


def install(environ: dict[str, str]) -> None:
    """Break what the environment asks for, before anything is started."""
    folder = environ.get("CHATTER_FAILPOINTS")
    if folder:
        _install_failpoints(Path(folder))
    for name in filter(None, environ.get("CHATTER_SABOTAGE", "").split(",")):
        BROKEN[name]()


def _install_failpoints(folder: Path) -> None:
    def reach(name: str) -> None:
        try:
            (folder / name).rename(folder / f"{name}.reached")
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    _around(sequencer.Sequencer, "_append", before="before_append", after="after_append", reach=reach)
    _around(committer.Committer, "_answer", before="after_insert", after="after_answer", reach=reach)
    _around(committer.Committer, "_trim", before="after_announce", after=None, reach=reach)


def _around(owner: type, method: str, *, before: str, after: str | None, reach: Callable[[str], None]) -> None:
    original = getattr(owner, method)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        reach(before)
        result = original(*arguments, **named)
        if after is not None:
            reach(after)
        return result

    setattr(owner, method, wrapped)


def _no_lease() -> None:
    """Every process believes that it holds every shard."""

    def lease(self: Scripts, shard: int, process: str, epoch: int, life_ms: int) -> LeaseAnswer:
        if life_ms:
            self._redis.set(keys.lease(shard), f"{process}:{epoch}", px=life_ms)
        return LeaseAnswer(bool(life_ms), life_ms, epoch)

    def claim_all(self: leases.Leases, share: int) -> None:
        for shard in set(range(self._shard_count)) - set(self.held):
            self._claim(shard)

    Scripts.lease = lease  # type: ignore[method-assign]
    leases.Leases._fair_share = lambda self: self._shard_count  # type: ignore[method-assign]
    leases.Leases._claim_vacant = claim_all  # type: ignore[method-assign]


def _unordered_insert() -> None:
    """The first tempting shortcut: the batch goes on after an error."""

    class Unordered:
        def __init__(self, collection: Any) -> None:
            self._collection = collection

        def insert_many(self, documents: list[dict[str, Any]], **_: Any) -> Any:
            return self._collection.insert_many(documents, ordered=False)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._collection, name)

    original = store.messages
    store.messages = lambda: Unordered(original())  # type: ignore[assignment,return-value]


def _trust_duplicates() -> None:
    """The second: a duplicate key is taken to be this very message, stored at an earlier try."""

    class Trusting:
        def __init__(self, collection: Any) -> None:
            self._collection = collection

        def insert_many(self, documents: list[dict[str, Any]], **_: Any) -> Any:
            for document in documents:
                try:
                    self._collection.insert_many([document])
                except BulkWriteError as error:
                    if any(problem["code"] != store.DUPLICATE_KEY for problem in error.details["writeErrors"]):
                        raise

        def __getattr__(self, name: str) -> Any:
            return getattr(self._collection, name)

    original = store.messages
    store.messages = lambda: Trusting(original())  # type: ignore[assignment,return-value]


BROKEN: dict[str, Callable[[], None]] = {
    "no_lease": _no_lease,
    "unordered_insert": _unordered_insert,
    "trust_duplicates": _trust_duplicates,
}
