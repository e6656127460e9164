"""Run faults one after the other, on one installation where they can share it."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from tests.faults.cluster import Cluster
from tests.faults.trial import Fault, Trial
from tests.history.invariants import Limits, Report, Violation, check
from tests.history.records import History, Recorder, read

Result = tuple[str, History, Report]


async def run_all(faults: Sequence[Fault], folder: Path, *, quick: bool) -> list[Result]:
    """The results in order; the histories and the processes' logs are kept in ``folder``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    results: list[Result] = []
    shared: Cluster | None = None
    try:
        for fault in faults:
            began = time.monotonic()
            if fault.own_cluster:
                if shared is not None:
                    await shared.stop()
                    shared = None
                cluster = await _start(fault, folder / fault.number)
                try:
                    result = await run_one(cluster, fault, folder, quick=quick)
                finally:
                    await cluster.stop()
            else:
                if shared is None:
                    shared = await _start(fault, folder / f"from-{fault.number}")
                result = await run_one(shared, fault, folder, quick=quick)
            results.append(result)
            verdict = "ok" if result[2].passed else "FAILED"
            print(f"{fault.name:<62} {verdict:<7} {time.monotonic() - began:5.0f} s", flush=True)
            for violation in [*result[2].violations, *result[2].unproven][:10]:
                print(f"    {violation.invariant}: {violation.text}", flush=True)
    finally:
        if shared is not None:
            await shared.stop()
    return results


async def _start(fault: Fault, folder: Path) -> Cluster:
    cluster = Cluster(folder, small_disks=fault.small_disks, **fault.settings)
    await cluster.start(fault.webs, fault.workers)
    return cluster


async def run_one(cluster: Cluster, fault: Fault, folder: Path, *, quick: bool) -> Result:
    """Strike once and check what everybody saw."""
    path = folder / f"{fault.number}.jsonl"
    recorder = Recorder(path)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        trial = Trial(cluster, fault, recorder.append, http, quick)
        try:
            await trial.run()
        except Exception as error:  # said in the report; the other rows go on
            trial.expect(False, f"the trial itself failed: {error!r}"[:300])
        finally:
            recorder.close()
    history = await asyncio.to_thread(read, [path])
    limits = Limits(min_acks=fault.min_acks, end_within_s=fault.settle_within_s)
    report = await asyncio.to_thread(check, history, limits)
    for text in trial.broken_expectations:
        report.violations.append(Violation("row", text))
    return fault.name, history, report
