"""Members removed in mid-flight: while they write and read, and while the committer that removes them dies."""

import asyncio
import uuid
from typing import Any

import aiohttp

from app.domain.ids import content_hash
from tests.faults.device import Person
from tests.faults.nemesis.web import restart_dead
from tests.faults.trial import Fault, Trial
from tests.history.records import Invoke, Ok

REMOVED_WITHIN_S = 40.0


async def removed_in_flight(trial: Trial) -> None:
    """In six conversations somebody is removed; twice the committer dies between storing that and carrying it out."""
    for i, conversation in enumerate(trial.conversations[1:7]):
        owner, *others = trial.members[conversation]
        victim = others[i % len(others)]
        armed = trial.cluster.failpoints / "before_project"
        if i % 3 == 1:
            armed.touch()
        removing = asyncio.create_task(_remove(trial, conversation, owner, victim, i))
        if i % 3 == 1:
            reached = armed.with_suffix(".reached")
            if await trial.until(reached.exists, 10, "a committer dies before it carries a removal out"):
                trial.bite("killed at before_project")
            await asyncio.sleep(1.0)
            restart_dead(trial)
            reached.unlink(missing_ok=True)
        until = await removing
        trial.expect(until, f"{victim.name} was not removed from {conversation}")
        trial.ends[conversation, victim.id] = until
        await asyncio.sleep(trial.seconds(2, 1))
        await _peep(trial, conversation, victim, until)
    await trial.until(lambda: trial.not_found > 0, 20, "what they write afterwards is refused")
    trial.bite(f"6 members removed, {trial.not_found} of their later messages refused")


async def _remove(trial: Trial, conversation: str, owner: Person, victim: Person, n: int) -> int:
    """Ask until the answer is definite, with one client id, each time another server; the number of the removal."""
    client_id, op = str(uuid.uuid4()), f"removal{trial.number}-{n}"
    told = content_hash("removed", victim.id)
    trial.record(
        Invoke(op=op, conversation=conversation, user=owner.id, device=f"{owner.name}-control", n=n,
               client_id=client_id, hash=told)
    )  # fmt: skip
    limit = asyncio.get_running_loop().time() + REMOVED_WITHIN_S
    tries = 0
    while asyncio.get_running_loop().time() < limit:
        server = trial.cluster.urls[tries % len(trial.cluster.urls)]
        tries += 1
        url = f"{server}/api/v1/groups/{conversation}/members/{victim.id}/removal"
        if await _ask(trial, url, owner, {"client_id": client_id}) == 200:
            until = trial.cluster.membership(conversation, victim).get("until_seq") or 0
            trial.record(Ok(op=op, seq=until))
            return int(until)
        await asyncio.sleep(0.5)
    return 0


async def _ask(trial: Trial, url: str, person: Person, body: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {person.token}"}
    try:
        async with trial.http.post(url, json=body, headers=headers, timeout=aiohttp.ClientTimeout(10)) as answer:
            return answer.status
    except (TimeoutError, OSError, aiohttp.ClientError):
        return 0


async def _peep(trial: Trial, conversation: str, victim: Person, until: int) -> None:
    """Whoever was removed asks for what came after, at every server, by guessing numbers."""
    headers = {"Authorization": f"Bearer {victim.token}"}
    for server in trial.cluster.urls:
        for query in (f"after={until}", f"after={until + 3}", f"before={until + 50}", "after=0"):
            url = f"{server}/api/v1/conversations/{conversation}/entries?{query}"
            try:
                async with trial.http.get(url, headers=headers, timeout=aiohttp.ClientTimeout(10)) as answer:
                    page = await answer.json(content_type=None)
            except (TimeoutError, OSError, aiohttp.ClientError, ValueError):
                continue
            seen = [entry["seq"] for entry in page.get("entries", []) if entry["seq"] > until]
            trial.expect(not seen and page.get("head", 0) <= until, f"{victim.name} saw {seen} of {page.get('head')}")


FAULTS = [
    Fault("24", "member removed in mid-flight, the committer killed meanwhile", removed_in_flight, short=True,
          settings={"EMBEDDED_COMMITTER": "false"}, own_cluster=True),
]  # fmt: skip
