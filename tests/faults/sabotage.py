"""What a process under test does wrong on purpose. Production code knows nothing of it: this wraps its seams.

``CHATTER_SABOTAGE`` names, separated by commas, what is broken from the start (``BROKEN``). ``CHATTER_FAILPOINTS`` is a
folder: a file there with the name of a failpoint kills the process, once, when it comes to that place.
``CHATTER_APART``, where it is not empty, has the process's shards go in teams as they do under a load no trial reaches.
"""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pymongo.errors import BulkWriteError

from app.domain.entries import Proposal
from app.models.messages import messages
from app.sequencing import appender, committer, keys, leases, store, teams
from app.sequencing.inserts import Documents, Inserts
from app.sequencing.outcomes import Outcome
from app.sequencing.scripts import LeaseAnswer, Scripts

FAILPOINTS = ("before_append", "after_append", "before_project", "after_insert", "after_answer", "after_announce")


def install(environ: dict[str, str]) -> None:
    """Break what the environment asks for, before anything is started."""
    folder = environ.get("CHATTER_FAILPOINTS")
    if folder:
        _install_failpoints(Path(folder))
    if environ.get("CHATTER_APART"):
        teams.MUCH_PER_S = 0
    for name in filter(None, environ.get("CHATTER_SABOTAGE", "").split(",")):
        BROKEN[name]()


def _install_failpoints(folder: Path) -> None:
    def reach(name: str) -> None:
        try:
            (folder / name).rename(folder / f"{name}.reached")
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    _around(appender.Appender, "_append_page", before="before_append", after="after_append", reach=reach)
    _around(store, "project", before="before_project", after=None, reach=reach)
    _around(committer.Committer, "_answer", before="after_insert", after="after_answer", reach=reach)
    _around(committer.Committer, "_trim", before="after_announce", after=None, reach=reach)


def _around(owner: Any, method: str, *, before: str, after: str | None, reach: Callable[[str], None]) -> None:
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
            self._lease.registered_client.set(keys.lease(shard), f"{process}:{epoch}", px=life_ms)
        return LeaseAnswer(bool(life_ms), life_ms, epoch)

    def claim_all(self: leases.Leases, share: int) -> None:
        for shard in set(range(self._shard_count)) - set(self.held):
            self._claim(shard)

    Scripts.lease = lease  # type: ignore[method-assign]
    leases.Leases._fair_share = lambda self: self._shard_count  # type: ignore[method-assign]
    leases.Leases._claim_vacant = claim_all  # type: ignore[method-assign]


def _unlucky() -> None:
    """On any machine, however quick, committers of one shard meet at the worst moment.

    Each claims what the others have in hand, all the time; and between its look at what is stored and its insert,
    another one, which had the same entries, has stored the first of them.
    """
    look = store.Store._already_stored

    def look_and_be_late(self: store.Store, proposals: Sequence[Proposal]) -> dict[int, Outcome]:
        found = look(self, proposals)
        missing = [proposal for i, proposal in enumerate(proposals) if i not in found]
        store.Store().commit(missing[:1])
        self.forget()
        return found

    store.Store._already_stored = look_and_be_late  # type: ignore[method-assign]
    committer.LOOK_EVERY_S = 0.0


def _unordered_insert() -> None:
    """The first tempting shortcut: the batch goes on after an error."""
    _insert_otherwise(lambda documents: messages().insert_many(documents, ordered=False))


def _trust_duplicates() -> None:
    """The second: a duplicate key is taken to be this very message, stored at an earlier try."""

    def insert(documents: Documents) -> None:
        for document in documents:
            try:
                messages().insert_many([document])
            except BulkWriteError as error:
                if any(problem["code"] != store.DUPLICATE_KEY for problem in error.details["writeErrors"]):
                    raise

    _insert_otherwise(insert)


def _insert_otherwise(insert: Callable[[Documents], Any]) -> None:
    original = Inserts.__init__
    Inserts.__init__ = lambda self, write: original(self, insert)  # type: ignore[method-assign]


BROKEN: dict[str, Callable[[], None]] = {
    "no_lease": _no_lease,
    "unlucky": _unlucky,
    "unordered_insert": _unordered_insert,
    "trust_duplicates": _trust_duplicates,
}
