"""Faults of a full house: thousands of sockets that break at once, or whose servers are replaced one after the other."""

import asyncio
import time
from collections import Counter

from tests.faults.device import Device
from tests.faults.trial import Fault, Trial

SOCKETS = 2_000
SOCKETS_QUICK = 200
MEMBERS = 50
CAUGHT_UP_WITHIN_S = 30.0
GATHERED_WITHIN_S = 60.0


async def _gather(trial: Trial) -> list[Device]:
    """People with two tabs each, in groups of fifty; the writers are in all of these groups."""
    count = int(trial.seconds(SOCKETS, SOCKETS_QUICK))
    crowd: list[Device] = []
    people = [await asyncio.to_thread(trial.cluster.person, f"crowd{i}") for i in range(count // 2)]
    for start in range(0, len(people), MEMBERS):
        members = [trial.people[0], *people[start : start + MEMBERS]]
        trial.add_conversation(members)
        for i, person in enumerate(members[1:]):
            for tab in range(2):
                name, known = f"{person.name}-{tab}", start == 0 and i < 10
                crowd.append(trial.add_device(person, name, home=i + tab, writes=False, record_reading=known))
    trial.devices[0].drop()  # a fresh connection hears the new conversations
    for i, device in enumerate(crowd):
        device.start()
        if i % 20 == 19:
            await asyncio.sleep(0.1)
    await trial.until(lambda: all(device.connected_to for device in crowd), GATHERED_WITHIN_S, "the crowd is there")
    return crowd


async def _until_back(trial: Trial, gone: list[Device], before: list[int]) -> float:
    """Wait until those who were gone are back and have caught up; the seconds within which 99 of 100 were."""
    began, caught_up = time.monotonic(), [0.0] * len(gone)

    def all_back() -> bool:
        for i, device in enumerate(gone):
            if not caught_up[i] and device.connections > before[i] and device.reader.caught_up:
                caught_up[i] = time.monotonic() - began
        return all(caught_up)

    await trial.until(all_back, 90, "the crowd is back")
    p99 = sorted(caught_up)[int(len(gone) * 0.99)]
    trial.expect(p99 <= CAUGHT_UP_WITHIN_S, f"p99 catch-up {p99:.1f} s")
    return p99


async def _disperse(trial: Trial, crowd: list[Device]) -> None:
    """All but a few leave before the end, whose reading nobody wrote down."""
    for device in crowd:
        if not device.records_reading:
            await device.stop()
            trial.devices.remove(device)


async def many_reset(trial: Trial) -> None:
    """Every socket of a full house breaks at once, and all come back."""
    crowd = await _gather(trial)
    before = [device.connections for device in crowd]
    for device in crowd:
        device.drop()
    p99 = await _until_back(trial, crowd, before)
    trial.bite(f"{len(crowd)} sockets reset, p99 caught up after {p99:.1f} s")
    await _disperse(trial, crowd)


async def servers_replaced(trial: Trial) -> None:
    """Each server is told to stop and a new one started, as a platform does once a day, with all its people there."""
    crowd = await _gather(trial)
    for side, url in zip(trial.cluster.webs, trial.cluster.urls, strict=True):
        there = [device for device in crowd if device.connected_to == url]
        before = [device.connections for device in there]
        stopping = asyncio.create_task(asyncio.to_thread(side.process.stop))
        p99 = await _until_back(trial, there, before)
        code = await stopping
        trial.expect(code == 0, f"{side.name} ended with {code}")
        came = Counter(int(device.connected_at) for device in there)
        side.process.start()
        await trial.cluster.ready(side)
        if there:
            trial.bite(
                f"{side.name} stopped under {len(there)} sockets; p99 caught up elsewhere after {p99:.1f} s,"
                f" at most {max(came.values())} in one second"
            )
    trial.expect(not trial.cluster.logged("Traceback"), "a process said something with a traceback")
    await _disperse(trial, crowd)


FAULTS = [
    Fault("18b", "each server replaced under thousands of sockets", servers_replaced, own_cluster=True),
    Fault("22", "thousands of sockets reset at once", many_reset, own_cluster=True),
]
