"""One device of one person: writes, retries, hears, and reconnects. It records all it sees.

It does what the browser does (``static/js/net/socket.js``, ``state/log.js``, ``state/outbox.js``), with its times.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from app.domain.ids import content_hash
from tests.faults.outbox import Message, Outbox
from tests.faults.reader import DEFINITE, Reader
from tests.faults.wire import Answer, Refused, Wire
from tests.history.records import Fail, Info, Invoke, Ok, Record, Session

HEARTBEAT_S = 15.0
HEARTBEAT_ANSWER_S = 5.0
REQUEST_S = 10.0
RECONNECT_FIRST_S = 0.5
RECONNECT_MOST_S = 5.0

Write = Callable[[Record], None]

_operations = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: str
    name: str
    token: str


class Device:
    """``start`` and ``stop``; ``write`` puts a message into the outbox. ``servers`` are tried in turn from ``home``.

    ``rest``: it posts by REST, and hears by its socket like any other. ``record_reading`` false: one of a crowd, whose
    reading would only fill the history.
    """

    def __init__(
        self,
        person: Person,
        name: str,
        servers: Sequence[str],
        conversations: Sequence[str],
        record: Write,
        http: aiohttp.ClientSession,
        *,
        home: int = 0,
        outbox: Outbox | None = None,
        rest: bool = False,
        record_reading: bool = True,
        writes: bool = True,
    ) -> None:
        self.person, self.name, self.writes, self.records_reading = person, name, writes, record_reading
        self.outbox = outbox or Outbox(name)
        self.reader = Reader(conversations, record if record_reading else _forget)
        self.connected_to: str | None = None
        self.connections = 0
        self.connected_at = 0.0
        self.session = ""
        self.refusals: list[str] = []
        self.lose_answers = 0
        self.lost_answers = 0
        self._servers, self._server = servers, home
        self._record, self._http, self._rest = record, http, rest
        self._wire: Wire | None = None
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None

    @property
    def conversations(self) -> list[str]:
        return list(self.cursors)

    @property
    def cursors(self) -> dict[str, int]:
        return self.reader.cursors

    # ---- being there ----

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Gone; what is in the outbox and the log so far stays, as in a browser's store."""
        tasks = [self._running, *self._sending.values()]
        for task in tasks:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        await self.reader.stop()
        if self._wire is not None:
            await self._wire.close()
        self._wire, self.connected_to = None, None

    def drop(self) -> None:
        """The page is closed or the network gone in the middle of whatever it does; it comes back by itself."""
        if self._wire is not None:
            self._wire.abort()

    async def _run(self) -> None:
        failures = 0
        while True:
            url = self._servers[self._server % len(self._servers)]
            try:
                self._wire = await Wire(self._http, url, self.person.token, self._hear).open()
            except (Refused, OSError):
                failures += 1
                self._server += 1
                most = min(RECONNECT_MOST_S, RECONNECT_FIRST_S * 2**failures)
                await asyncio.sleep(random.uniform(0.5, 1.0) * most)
                continue
            failures = 0
            await self._be_connected(self._wire, url)
            self._server += 1
            await asyncio.sleep(random.uniform(0.1, RECONNECT_FIRST_S))

    async def _be_connected(self, wire: Wire, url: str) -> None:
        self.connections += 1
        self.session = f"{self.name}#{self.connections}"
        if self.records_reading:
            for conversation, cursor in self.cursors.items():
                self._record(
                    Session(session=self.session, user=self.person.id, device=self.name,
                            conversation=conversation, cursor=cursor)
                )  # fmt: skip
        self.connected_to, self.connected_at = url, time.monotonic()
        self.reader.begin(wire, self.session)
        for conversation in self.cursors:
            self.flush(conversation)
        beating = asyncio.create_task(self._beat(wire))
        try:
            await wire.closed
        finally:
            beating.cancel()
            self.connected_to = None

    async def _beat(self, wire: Wire) -> None:
        await asyncio.sleep(random.uniform(0, HEARTBEAT_S))
        while True:
            answer = await wire.call("heads", {"visible": True}, HEARTBEAT_ANSWER_S)
            if answer.get("code") == "timeout":
                wire.abort()
                return
            self.reader.hear_heads(answer.get("heads", {}))
            await asyncio.sleep(HEARTBEAT_S)

    def _hear(self, event: str, payload: Any) -> None:
        if event == "entries":
            self.reader.hear(payload)
        elif event == "heads":
            self.reader.hear_heads(payload["heads"])

    # ---- writing ----

    def write(self, conversation: str, body: str) -> Message:
        message = self.outbox.add(conversation, body)
        self.flush(conversation)
        return message

    def flush(self, conversation: str) -> None:
        """Send what waits; one greenlet of thought per conversation."""
        task = self._sending.get(conversation)
        if (task is None or task.done()) and self.outbox.first(conversation) is not None:
            self._sending[conversation] = asyncio.create_task(self._send_all(conversation))

    async def _send_all(self, conversation: str) -> None:
        """One in flight per conversation, asked again with the same client id until the answer is definite."""
        tries = 0
        while (message := self.outbox.first(conversation)) is not None:
            answer = await self.attempt(message)
            if answer["ok"] or answer["code"] in DEFINITE:
                self.outbox.settle(message)
                tries = 0
                continue
            tries += 1
            self.refusals.append(answer["code"])
            wait = max(float(answer.get("retry_after", 0)), min(3.0, 0.25 * 2 ** min(tries, 4)))
            await asyncio.sleep(wait * random.uniform(0.75, 1.25))

    async def attempt(self, message: Message, body: str | None = None) -> Answer:
        """Ask once and record it. ``body``: another content under the same client id."""
        body = message.body if body is None else body
        op = f"op{next(_operations)}"
        self._record(
            Invoke(op=op, conversation=message.conversation, user=self.person.id, device=self.outbox.device,
                   n=message.n, client_id=message.client_id, hash=content_hash("text", body))
        )  # fmt: skip
        payload = {"conversation": message.conversation, "client_id": message.client_id, "body": body}
        answer: Answer = {"ok": False, "code": "cut_off"}
        try:
            answer = await (self._post_by_rest(payload) if self._rest else self._post_by_socket(payload))
            if self.lose_answers > 0 and answer["ok"]:
                self.lose_answers -= 1
                self.lost_answers += 1
                answer = {"ok": False, "code": "timeout"}
        finally:  # a cancelled attempt may have happened, too
            if answer["ok"]:
                self._record(Ok(op=op, seq=answer["seq"]))
            else:
                self._record((Fail if answer["code"] in DEFINITE else Info)(op=op, code=answer["code"]))
        return answer

    async def _post_by_socket(self, payload: dict[str, Any]) -> Answer:
        wire = self._wire
        if wire is None or wire.closed.done():
            return {"ok": False, "code": "offline"}
        return await wire.call("post", payload, REQUEST_S)

    async def _post_by_rest(self, payload: dict[str, Any]) -> Answer:
        url = self._servers[self._server % len(self._servers)]
        place = f"{url}/api/v1/conversations/{payload['conversation']}/entries"
        body = {"client_id": payload["client_id"], "body": payload["body"]}
        headers = {"Authorization": f"Bearer {self.person.token}"}
        timeout = aiohttp.ClientTimeout(REQUEST_S)
        try:
            async with self._http.post(place, json=body, headers=headers, timeout=timeout) as answer:
                content = await answer.json(content_type=None)
                return {"ok": True, **content} if answer.status == 201 else {"ok": False, **content}
        except (TimeoutError, OSError, aiohttp.ClientError, ValueError, TypeError):
            self._server += 1
            return {"ok": False, "code": "offline"}


def _forget(record: Record) -> None:
    """Where nobody needs to know what one of a crowd has read."""
