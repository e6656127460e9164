"""A TCP link that a test may hold, delay, cut or break: what stands between a process and its store."""

import asyncio
import contextlib
import socket
import struct
from typing import Any

CHUNK_BYTES = 64 * 1024
ABORTIVE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends a reset, as a host that lost its memory would."""


class Proxy:
    """Listens on a free loopback port and passes everything on to ``target``, which may change."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.refuses = False
        self.delay_s = 0.0
        self.carried = 0
        self.cut_replies = 0
        self.held_chunks = 0
        self._open = {"up": asyncio.Event(), "down": asyncio.Event()}
        self._cut_after: bytes | None = None
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.release()

    async def start(self) -> "Proxy":
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0, limit=CHUNK_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold(self, *, up: bool = True, down: bool = True) -> None:
        """Keep links open and let nothing through: the far host is frozen, or the link half-open."""
        if up:
            self._open["up"].clear()
        if down:
            self._open["down"].clear()

    def release(self) -> None:
        """Let through what was held, and all that follows."""
        for gate in self._open.values():
            gate.set()

    def reset(self) -> int:
        """Break every link that is open now; how many there were."""
        links = list(self._links)
        for link in links:
            link.abort()
        return len(links)

    def freeze_links(self) -> int:
        """Let the links that are open now swallow everything and say nothing, for ever; how many they are."""
        for link in self._links:
            link.silent = True
        return len(self._links)

    def cut_reply_after(self, request: bytes) -> None:
        """Break the next link that carries ``request`` when its reply arrives: done, and nobody was told."""
        self._cut_after = request

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._accept(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            _abort(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=CHUNK_BYTES)
        except OSError:
            _abort(writer)
            return
        link = _Link(self, writer, far_writer)
        self._links.add(link)
        try:
            await asyncio.gather(link.pump(reader, far_writer, "up"), link.pump(far_reader, writer, "down"))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._links.discard(link)
            link.abort()

    async def pass_gate(self, way: str) -> None:
        if not self._open[way].is_set():
            self.held_chunks += 1
            await self._open[way].wait()

    def wants_cut(self, data: bytes) -> bool:
        """Whether this request's reply is to be cut; true once."""
        if self._cut_after is None or self._cut_after not in data:
            return False
        self._cut_after = None
        return True


class _Link:
    """One connection through the proxy, both ways."""

    def __init__(self, proxy: Proxy, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self._proxy, self._near, self._far = proxy, near, far
        self._cut = False
        self.silent = False

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if self.silent:
                continue
            if self._proxy.delay_s:
                await asyncio.sleep(self._proxy.delay_s)
            await self._proxy.pass_gate(way)
            if way == "up" and self._proxy.wants_cut(data):
                self._cut = True
            elif way == "down" and self._cut:
                self._proxy.cut_replies += 1
                self.abort()
                return
            writer.write(data)
            self._proxy.carried += len(data)
            await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    def abort(self) -> None:
        _abort(self._near)
        _abort(self._far)


def _abort(writer: asyncio.StreamWriter) -> None:
    raw: Any = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORTIVE)
    writer.transport.abort()
