"""Faults of Redis: killed, emptied, set back, failed over, stalled, full, deaf."""

import asyncio
import shutil
import time

from app.sequencing import keys
from dev.embedded import EmbeddedValkey
from tests.faults.proxy import Proxy
from tests.faults.trial import Fault, Trial

HEARS_AGAIN_WITHIN_S = 2.0
HALF_OPEN_NOTICED_WITHIN_S = 20.0

# One look at everything at once: pending in the hashes, entries in the streams, pending sent keys.
COUNT_PENDING = """
local pending, entries, sent = 0, 0, 0
for _, key in ipairs(redis.call('KEYS', 'seq:*')) do
  pending = pending + tonumber(redis.call('HGET', key, 'pending') or '0')
end
for _, key in ipairs(redis.call('KEYS', 'wal:*')) do entries = entries + redis.call('XLEN', key) end
for _, key in ipairs(redis.call('KEYS', 'sent:*')) do
  if string.sub(redis.call('GET', key), 1, 7) == 'pending' then sent = sent + 1 end
end
return {pending, entries, sent}
"""


async def killed(trial: Trial) -> None:
    for _ in range(3):
        await asyncio.to_thread(trial.cluster.valkey.kill)
        await asyncio.sleep(2.0)
        await asyncio.to_thread(trial.cluster.valkey.start)
        counts = trial.cluster.redis().eval(COUNT_PENDING, 0)
        trial.expect(len(set(counts)) == 1, f"pending, stream and sent keys differ: {counts}")
        trial.bite(f"killed and back; pending, in the stream and sent: {counts}")
        await asyncio.sleep(3.0)


async def emptied(trial: Trial) -> None:
    redis = trial.cluster.redis()
    for _ in range(10):
        gone = redis.dbsize()
        redis.flushall()
        trial.bite(f"{gone} keys gone")
        await asyncio.sleep(1.5)


async def set_back(trial: Trial) -> None:
    """Restored from a copy of its files that is half a minute old."""
    valkey = trial.cluster.valkey
    copy = trial.cluster.folder / f"copy{trial.number}"
    shutil.copytree(valkey.data_dir, copy)
    before = trial.acknowledged
    await asyncio.sleep(trial.seconds(30, 10))
    await asyncio.to_thread(valkey.kill)
    shutil.rmtree(valkey.data_dir)
    shutil.copytree(copy, valkey.data_dir)
    await asyncio.to_thread(valkey.start)
    if trial.acknowledged > before:
        trial.bite(f"{trial.acknowledged - before} acknowledged messages unknown to Redis")


async def _replica(trial: Trial) -> tuple[EmbeddedValkey, Proxy]:
    """A replica that has everything, and the link it hears through."""
    link = await Proxy(trial.cluster.valkey.port).start()
    options = ("--replicaof", f"127.0.0.1 {link.port}", "--replica-read-only", "no")
    replica = EmbeddedValkey(trial.cluster.folder / f"replica{trial.number}", options=options)
    await asyncio.to_thread(replica.start)
    with _client(replica) as client:
        await trial.until(lambda: client.info("replication")["master_link_status"] == "up", 20, "replicating")
    return replica, link


def _client(server: EmbeddedValkey):  # type: ignore[no-untyped-def]
    from redis import Redis

    return Redis.from_url(server.url, decode_responses=True)


async def lagging_replica_promoted(trial: Trial) -> None:
    replica, link = await _replica(trial)
    link.hold()
    before = trial.acknowledged
    await asyncio.sleep(trial.seconds(10, 5))
    lost = trial.acknowledged - before
    old = trial.cluster.valkey
    with _client(replica) as client:
        client.replicaof("NO", "ONE")
    for side in trial.cluster.sides:
        side.redis.target = replica.port
        side.redis.reset()
    trial.cluster.valkey = replica
    await asyncio.to_thread(old.kill)
    await link.stop()
    if lost:
        trial.bite(f"promoted without the last {lost} acknowledged messages")


async def split(trial: Trial) -> None:
    """The replica is promoted, and half of the processes go on talking to the old master."""
    replica, link = await _replica(trial)
    with _client(replica) as client:
        client.replicaof("NO", "ONE")
    moved = [trial.cluster.webs[0], trial.cluster.workers[0]]
    for side in moved:
        side.redis.target = replica.port
        side.redis.reset()
    await asyncio.sleep(trial.seconds(20, 10))
    both = all(side.log.count("lease_taken") for side in trial.cluster.workers)
    for side in trial.cluster.sides:
        side.redis.target = replica.port
        if side not in moved:
            side.redis.reset()
    old, trial.cluster.valkey = trial.cluster.valkey, replica
    await asyncio.to_thread(old.kill)
    await link.stop()
    if both:
        trial.bite(f"two masters, {trial.cluster.logged('number_conflict')} numbers contested")


async def stalled(trial: Trial) -> None:
    trial.cluster.valkey.pause()
    await asyncio.sleep(trial.seconds(20, 14))
    trial.cluster.valkey.resume()
    refused = sum(len(device.refusals) for device in trial.devices)
    if refused:
        trial.bite(f"{refused} attempts were not answered in time")


async def full(trial: Trial) -> None:
    redis = trial.cluster.redis()
    redis.config_set("maxmemory", "1mb")
    await asyncio.sleep(8.0)
    redis.config_set("maxmemory", "0")
    codes = {code for device in trial.devices for code in device.refusals}
    trial.expect(codes <= {"degraded", "pending", "timeout", "offline"}, f"unclear refusals: {codes}")
    if "degraded" in codes:
        trial.bite("senders heard degraded")


async def scripts_flushed(trial: Trial) -> None:
    redis = trial.cluster.redis()
    limit, flushed = time.monotonic() + 10, 0
    while time.monotonic() < limit:
        redis.script_flush()
        flushed += 1
        await asyncio.sleep(0.02)
    refusals = [code for device in trial.devices for code in device.refusals]
    trial.expect(not refusals, f"somebody noticed: {set(refusals)}")
    trial.bite(f"flushed {flushed} times")


def _hearing(trial: Trial) -> int:
    return int(trial.cluster.redis().pubsub_numsub(keys.BROADCAST_CHANNEL)[0][1])


async def deaf(trial: Trial) -> None:
    redis = trial.cluster.redis()
    everybody = _hearing(trial)
    for _ in range(5):
        killed_links = redis.client_kill_filter(_type="pubsub")
        trial.bite(f"{killed_links} subscriptions killed")
        await trial.until(lambda: _hearing(trial) >= everybody - 1, HEARS_AGAIN_WITHIN_S, "all servers hear again")
        await asyncio.sleep(1.5)


async def away(trial: Trial) -> None:
    for side in trial.cluster.sides:
        side.redis.refuses = True
        side.redis.reset()
    await asyncio.sleep(trial.seconds(40, 10))
    for side in trial.cluster.sides:
        side.redis.refuses = False
    servers = len(trial.cluster.webs)
    await trial.until(lambda: _hearing(trial) >= servers, HEARS_AGAIN_WITHIN_S, "all servers hear again")
    refused = sum(len(device.refusals) for device in trial.devices)
    if refused:
        trial.bite(f"{refused} attempts refused or unanswered meanwhile")


async def half_open(trial: Trial) -> None:
    """The links of one server swallow all and say nothing; new ones work."""
    side = trial.cluster.webs[0]
    before = side.log.count("pubsub_lost")
    frozen = side.redis.freeze_links()
    noticed = await trial.until(
        lambda: side.log.count("pubsub_lost") > before, HALF_OPEN_NOTICED_WITHIN_S, "the silent link is noticed"
    )
    if noticed:
        trial.bite(f"{frozen} links went silent")


FAULTS = [
    Fault("7", "Redis killed and restarted with its append-only file", killed, short=True),
    Fault("8", "Redis emptied, ten times", emptied, short=True),
    Fault("9a", "Redis set back to an older copy", set_back),
    Fault("9b", "lagging replica promoted", lagging_replica_promoted, own_cluster=True),
    Fault("9c", "half of the processes on the old master", split, own_cluster=True, short=True),
    Fault("10", "Redis stalled", stalled),
    Fault("11", "Redis out of memory", full),
    Fault("12", "scripts flushed in a loop", scripts_flushed),
    Fault("13a", "pub/sub connections killed", deaf),
    Fault("13b", "Redis away", away),
    Fault("13c", "half-open links", half_open),
]
