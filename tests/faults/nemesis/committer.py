"""Faults of committers: paused past their lease, writing late, several at once; and clocks that jump."""

import asyncio
import shutil
from pathlib import Path

from tests.faults.cluster import Side
from tests.faults.trial import Fault, Trial

LEASE_S = 4.0
FAKETIME_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib")


def _holds_some(trial: Trial) -> Side:
    """A worker that holds the shard of a conversation people write in."""
    from app.domain.ids import shard_of

    return trial.cluster.holder(shard_of(trial.conversations[0], trial.cluster.shards))


async def paused_past_lease(trial: Trial) -> None:
    side = _holds_some(trial)
    side.freeze()
    await asyncio.sleep(LEASE_S + trial.seconds(15, 6))
    taken_over = _holds_some(trial).name != side.name
    side.thaw()
    said = lambda: any(word in side.log for word in ("lease_fenced", "lease_expired", "lease_lost"))  # noqa: E731
    if await trial.until(said, 10, "the paused holder noticed") and taken_over:
        trial.bite(f"{side.name} lost its lease while it was paused")


async def held_insert(trial: Trial) -> None:
    """What a holder wrote is on its way for longer than its lease and reaches MongoDB after the next holder's."""
    side = _holds_some(trial)
    side.mongo.hold(down=False)
    await trial.until(lambda: side.mongo.held_chunks > 0, 5, "an insert is on its way")
    side.redis.hold()
    await asyncio.sleep(trial.seconds(30, 12))
    taken_over = _holds_some(trial).name != side.name
    side.mongo.release()
    await asyncio.sleep(1.0)
    side.redis.release()
    side.redis.reset()
    if taken_over and side.mongo.held_chunks:
        trial.bite(f"{side.mongo.held_chunks} writes of {side.name} arrived after its successor's")


async def three_without_a_lease(trial: Trial) -> None:
    before = trial.cluster.logged("number_conflict")
    await asyncio.sleep(trial.seconds(20, 10))
    conflicts = trial.cluster.logged("number_conflict") - before
    holders = sum(side.log.count("lease_taken") >= trial.cluster.shards for side in trial.cluster.workers)
    if holders == 3:
        trial.bite(f"three committers on every shard, {conflicts} numbers contested")


def faketime_library() -> Path | None:
    """libfaketime's library for threaded programs, None where Debian's package faketime is not installed."""
    if shutil.which("faketime") is None:
        return None
    for folder in FAKETIME_FOLDERS:
        for path in Path(folder).rglob("libfaketimeMT.so.1"):
            return path
    return None


async def clock_jumps(trial: Trial) -> None:
    """The committers' clocks go an hour off, one each way, and back; time never goes back in a log."""
    library = faketime_library()
    if library is None:
        trial.expect(False, "faketime is not installed: apt-get install faketime")
        return
    for side, jump in zip(trial.cluster.workers, ("+3600", "-3600"), strict=True):
        await asyncio.to_thread(side.process.stop)
        clock = trial.cluster.folder / f"{side.name}.clock"
        clock.write_text("+0\n")
        side.process.environment |= {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        side.process.start()
        await asyncio.sleep(4.0)
        clock.write_text(f"{jump}\n")
        await asyncio.sleep(trial.seconds(8, 5))
        clock.write_text("+0\n")  # and back: a second jump
    rows = trial.cluster.database().messages.find({"c": {"$in": trial.conversations}}, {"c": 1, "t": 1})
    times: dict[str, list[tuple[str, int]]] = {}
    for row in rows:
        times.setdefault(row["c"], []).append((row["_id"], row["t"]))
    stamps = [[stamp for _, stamp in sorted(log)] for log in times.values()]
    trial.expect(all(log == sorted(log) for log in stamps), "a later entry has an earlier time")
    spread_ms = max(max(log) - min(log) for log in stamps)
    if spread_ms > 3_000_000:
        trial.bite(f"times in one log spread over {spread_ms / 60_000:.0f} minutes")


FAULTS = [
    Fault("3", "committer paused past its lease", paused_past_lease, short=True),
    Fault("4", "insert held on the way, then released", held_insert, short=True),
    Fault("5", "lease switched off, three committers", three_without_a_lease, workers=3, own_cluster=True,
          settings={"CHATTER_SABOTAGE": "no_lease", "EMBEDDED_COMMITTER": "false"}, short=True),
    Fault("17", "clock jumps an hour either way", clock_jumps, own_cluster=True,
          settings={"EMBEDDED_COMMITTER": "false"}),
]  # fmt: skip
