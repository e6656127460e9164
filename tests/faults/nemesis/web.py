"""Faults of servers: killed, frozen, restarted one by one."""

import asyncio
import time

from tests.faults.trial import Fault, Trial

MOVED_WITHIN_S = 20.0
RECONNECTING_S = 4.0


async def _killed_at(trial: Trial, failpoint: str, times: int) -> None:
    """A process dies at a named place; its supervisor (gunicorn, or this one) starts it again."""
    for _ in range(times):
        armed = trial.cluster.failpoints / failpoint
        reached = armed.with_suffix(".reached")
        reached.unlink(missing_ok=True)
        armed.touch()
        if not await trial.until(reached.exists, 10, f"a process comes to {failpoint}"):
            armed.unlink(missing_ok=True)
            return
        trial.bite(f"killed at {failpoint}")
        await asyncio.sleep(1.0)
        restart_dead(trial)
        await asyncio.sleep(2.0)


def restart_dead(trial: Trial) -> None:
    """What a supervisor does."""
    for side in trial.cluster.sides:
        if not side.process.alive:
            side.process.start()


async def killed_before_append(trial: Trial) -> None:
    await _killed_at(trial, "before_append", times=3)


async def killed_after_append(trial: Trial) -> None:
    await _killed_at(trial, "after_append", times=3)


async def committer_killed_after_insert(trial: Trial) -> None:
    await _killed_at(trial, "after_insert", times=2)


async def committer_killed_after_answer(trial: Trial) -> None:
    await _killed_at(trial, "after_answer", times=2)


async def committer_killed_after_announcement(trial: Trial) -> None:
    await _killed_at(trial, "after_announce", times=2)


async def frozen(trial: Trial) -> None:
    """A server stands still with its sockets open: its people notice the silence and go elsewhere."""
    side = trial.cluster.webs[0]
    url = trial.cluster.urls[0]
    there = [device for device in trial.devices if device.connected_to == url]
    side.freeze()
    began = time.monotonic()
    try:
        moved = await trial.until(
            lambda: all(device.connected_to not in (url, None) for device in there),
            MOVED_WITHIN_S + RECONNECTING_S,
            "the frozen server's clients have moved",
        )
        if there and moved:
            trial.bite(f"{len(there)} clients moved within {time.monotonic() - began:.1f} s")
        await asyncio.sleep(max(0.0, trial.seconds(60, 20) - (time.monotonic() - began)))
    finally:
        side.thaw()


async def rolling_restart(trial: Trial) -> None:
    """Every process is told to stop and started again, one after the other, as a deployment does."""
    for side in trial.cluster.sides:
        code = await asyncio.to_thread(side.process.stop)
        trial.expect(code == 0, f"{side.name} ended with {code}")
        side.process.start()
        if side in trial.cluster.webs:
            await trial.cluster.ready(side)
        else:
            await asyncio.sleep(2.0)
    trial.bite(f"{len(trial.cluster.sides)} processes restarted")


FAULTS = [
    Fault("1a", "web worker killed before append", killed_before_append, short=True),
    Fault("1b", "web worker killed after append, before the reply", killed_after_append),
    Fault("2a", "committer killed after insert, before the answer", committer_killed_after_insert, short=True),
    Fault("2b", "committer killed after the answer, before the emit", committer_killed_after_answer),
    Fault("2c", "committer killed after the emit, before the trim", committer_killed_after_announcement),
    Fault("6", "web worker frozen", frozen),
    Fault("18", "rolling restart under load", rolling_restart, short=True),
]
