"""Faults of MongoDB and of the disks under both stores."""

import asyncio

from dev.embedded import EmbeddedServer
from tests.disks import full, is_mounted
from tests.faults.trial import Fault, Trial

INSERT = b"\x02insert\x00"
"""How an insert begins on MongoDB's wire: a BSON string element of that name."""


async def killed(trial: Trial) -> None:
    for _ in range(2):
        await asyncio.to_thread(trial.cluster.mongo.kill)
        trial.bite("killed")
        await asyncio.sleep(3.0)
        await asyncio.to_thread(trial.cluster.mongo.start)
        await asyncio.sleep(4.0)


async def reply_cut(trial: Trial) -> None:
    """The insert is done, and its reply never arrives."""
    for _ in range(5):
        before = sum(side.mongo.cut_replies for side in trial.cluster.sides)
        for side in trial.cluster.workers:
            side.mongo.cut_reply_after(INSERT)
        await trial.until(
            lambda before=before: sum(side.mongo.cut_replies for side in trial.cluster.sides) > before,  # type: ignore[misc]
            8,
            "a reply is cut",
        )
        await asyncio.sleep(1.5)
    cut = sum(side.mongo.cut_replies for side in trial.cluster.sides)
    if cut:
        trial.bite(f"{cut} replies cut")


async def frozen(trial: Trial) -> None:
    trial.cluster.mongo.pause()
    await asyncio.sleep(trial.seconds(120, 20))
    trial.cluster.mongo.resume()
    codes = {code for device in trial.devices for code in device.refusals}
    trial.expect("degraded" in codes, f"nobody heard degraded, only {codes}")
    if codes:
        trial.bite(f"senders heard {', '.join(sorted(codes))}")


async def _disk_full(trial: Trial, server: EmbeddedServer) -> None:
    disk = server.data_dir
    if not is_mounted(disk):
        trial.expect(False, "needs the right to mount a small disk (root)")
        return
    before = sum(len(device.refusals) for device in trial.devices)
    trial.padding = " and more" * 800
    with full(disk) as written:
        await trial.until(
            lambda: sum(len(device.refusals) for device in trial.devices) > before + 20, 40, "the disk is felt"
        )
        refused = sum(len(device.refusals) for device in trial.devices) - before
        ended = not server.alive
    trial.padding = ""
    if refused:
        trial.bite(f"{written} bytes filled the disk: {refused} attempts refused{', the store ended' if ended else ''}")
    if not server.alive:
        await asyncio.to_thread(server.start)  # a platform's supervisor would


async def redis_disk_full(trial: Trial) -> None:
    await _disk_full(trial, trial.cluster.valkey)


async def mongodb_disk_full(trial: Trial) -> None:
    """mongod ends itself when its disk is full; the stand-in stays, and answers errors even when there is room again."""
    await _disk_full(trial, trial.cluster.mongo)
    await asyncio.to_thread(trial.cluster.mongo.kill)
    await asyncio.to_thread(trial.cluster.mongo.start)


FAULTS = [
    Fault("14a", "MongoDB killed and restarted", killed, short=True),
    Fault("14b", "reply cut after the insert", reply_cut, short=True),
    Fault("15", "MongoDB frozen under load", frozen),
    Fault("16a", "disk full under Redis", redis_disk_full, own_cluster=True, small_disks=True),
    Fault("16b", "disk full under MongoDB", mongodb_disk_full, own_cluster=True, small_disks=True),
]
