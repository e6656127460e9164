"""One socket to a server: Engine.IO 4 and Socket.IO 5 over a websocket, by hand, so that frames can be lost on purpose."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import aiohttp

Answer = dict[str, Any]
Hear = Callable[[str, Any], None]

CONNECT_WITHIN_S = 10.0
PING_SILENCE_S = 20.0
"""The server pings every 10 s and grants 10 more (``app/realtime/server.py``); after that a link is dead."""


class Refused(Exception):
    """The server does not take this socket."""


class Wire:
    """Connect with ``open``; ``call`` asks and is answered; ``hear`` gets every fact; ``closed`` resolves at the end."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str, hear: Hear) -> None:
        self._session, self._url, self._token, self._hear = session, url, token, hear
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._next_id = 0
        self._reader: asyncio.Task[None] | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self) -> "Wire":
        """Shake hands; raises ``Refused`` or OSError."""
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                self._socket = await self._session.ws_connect(
                    f"{self._url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0, autoping=False
                )
                await self._text("0")
                await self._socket.send_str("40" + json.dumps({"token": self._token}))
                await self._text("40")
        except (aiohttp.ClientError, TimeoutError, OSError, Refused) as error:
            if self._socket is not None:
                await self._socket.close()
            raise Refused(f"{type(error).__name__}: {error}") from error
        self._reader = asyncio.create_task(self._read())
        return self

    async def call(self, event: str, payload: dict[str, Any], within_s: float) -> Answer:
        """The acknowledgement, or ``{"ok": False, "code": "timeout"}`` where none came in time."""
        assert self._socket is not None
        self._next_id += 1
        number = self._next_id
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            async with asyncio.timeout(within_s):
                await self._socket.send_str(f"42{number}{json.dumps([event, payload])}")
                return await answer
        except (TimeoutError, ConnectionError, aiohttp.ClientError):
            return {"ok": False, "code": "timeout"}
        finally:
            self._answers.pop(number, None)

    async def tell(self, event: str, payload: dict[str, Any]) -> None:
        """Ask and do not wait."""
        assert self._socket is not None
        self._next_id += 1
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.send_str(f"42{self._next_id}{json.dumps([event, payload])}")

    def abort(self) -> None:
        """Gone at once, as a closed page is; nobody says goodbye."""
        if self._socket is not None and self._socket._writer.transport is not None:
            self._socket._writer.transport.abort()
        self._end()

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.close()
        self._end()

    async def _text(self, beginning: str) -> str:
        assert self._socket is not None
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT or not message.data.startswith(beginning):
            raise Refused(f"{message.type.name} {str(message.data)[:200]}")
        return str(message.data)

    async def _read(self) -> None:
        assert self._socket is not None
        try:
            while True:
                async with asyncio.timeout(PING_SILENCE_S):
                    message = await self._socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                await self._take(message.data)
        except (TimeoutError, ConnectionError, aiohttp.ClientError):
            pass
        finally:
            self.abort()

    async def _take(self, text: str) -> None:
        assert self._socket is not None
        if text == "2":
            await self._socket.send_str("3")
        elif text.startswith("42"):
            event, payload = json.loads(text[2:])
            self._hear(event, payload)
        elif text.startswith("43"):
            start = text.index("[")
            waiting = self._answers.get(int(text[2:start]))
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(text[start:])[0])
        elif text.startswith("41"):
            self.abort()

    def _end(self) -> None:
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_result({"ok": False, "code": "timeout"})
        if not self.closed.done():
            self.closed.set_result(None)
