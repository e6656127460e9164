"""Who is measured: Chatter and the two references, each as two server processes on the given stores."""

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import urlopen

from pymongo import MongoClient

from bench import BENCH
from bench.processes import Failed, Process, resident_bytes
from dev.embedded import EmbeddedMongo, EmbeddedValkey, free_port

SERVERS = 2


@dataclass(frozen=True, slots=True)
class Room:
    """A conversation and the tokens of its members."""

    conversation: str
    tokens: list[str]


class Contender:
    """Starts, seeds and ends one installation. ``roles`` maps each kind of process to its root pids."""

    name: ClassVar[str]

    def __init__(self, folder: Path, valkey: EmbeddedValkey, mongo: EmbeddedMongo) -> None:
        self.folder, self.valkey, self.mongo = folder, valkey, mongo
        self.ports: list[int] = []
        self.roles: dict[str, list[int]] = {"redis": [valkey.pid or 0], "mongodb": [mongo.pid or 0]}
        self._processes: list[Process] = []
        self.client: MongoClient[dict[str, Any]] = MongoClient(mongo.uri, w="majority", journal=True)

    def start(self) -> None:
        """Start everything and wait until it answers."""
        raise NotImplementedError

    def web_memory(self) -> int:
        """Bytes that the servers take: what is resident."""
        return resident_bytes(self.roles["web"])

    def rooms(self, count: int, members: int) -> list[Room]:
        """Make that many conversations with that many members each, all of them different people."""
        raise NotImplementedError

    def fill(self, room: Room, entries: int) -> None:
        """Put that many entries into the empty log of a room, past the servers."""
        raise NotImplementedError

    def numbers(self) -> dict[str, list[int]]:
        """What the database holds: the numbers of each conversation."""
        raise NotImplementedError

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.stop()
        self.client.close()

    def _spawn(self, role: str, arguments: list[str], environment: dict[str, str], folder: Path) -> Process:
        log = self.folder / f"{role}{len(self._processes)}.log"
        process = Process(arguments, environment, log, folder)
        self._processes.append(process)
        self.roles.setdefault(role, []).append(process.pid)
        return process

    @property
    def _messages(self) -> Any:
        return self.client[EmbeddedMongo.database]["messages"]


class Peer(Contender):
    """A reference. Its people need no accounts: a token is a user id."""

    folder_of_code: ClassVar[Path]

    def start(self) -> None:
        for _ in range(SERVERS):
            port = free_port()
            stores = {"PORT": str(port), "REDIS_URL": self.valkey.url, "MONGODB_URI": self.mongo.uri}
            process = self._spawn("web", self._arguments(port), stores | self._environment(), self.folder_of_code)
            process.wait_until_answers(f"http://127.0.0.1:{port}/")
            self.ports.append(port)

    def rooms(self, count: int, members: int) -> list[Room]:
        batch = f"{time.time_ns():022d}"
        return [
            Room(f"{n:06d}{batch}"[:22], [f"{n:06d}{m:04d}user00000000"[:22] for m in range(members)])
            for n in range(count)
        ]

    def fill(self, room: Room, entries: int) -> None:
        from redis import Redis

        documents = [
            {
                "conversation": room.conversation,
                "seq": seq,
                "ordinal": seq,
                "kind": "text",
                "sender": room.tokens[0],
                "client_id": f"00000000-0000-4000-8000-{seq:012x}",
                "body": body_of(seq),
                "created_at": int(time.time() * 1000),
            }
            for seq in range(1, entries + 1)
        ]
        self._messages.insert_many(documents)
        with Redis.from_url(self.valkey.url) as redis:
            redis.set(f"seq:{room.conversation}", entries)

    def numbers(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for document in self._messages.find({}, {"_id": 0, "conversation": 1, "seq": 1}):
            found.setdefault(document["conversation"], []).append(document["seq"])
        return found

    def _arguments(self, port: int) -> list[str]:
        raise NotImplementedError

    def _environment(self) -> dict[str, str]:
        return {}


class NodePeer(Peer):
    """Node with Socket.IO, ioredis and the Redis adapter."""

    name = "node"
    folder_of_code = BENCH / "peers" / "node"

    def _arguments(self, port: int) -> list[str]:
        if shutil.which("node") is None or not (self.folder_of_code / "node_modules").is_dir():
            raise Failed("The Node reference is not installed: `make bench` does that.")
        return ["node", "--expose-gc", "server.mjs"]

    def _environment(self) -> dict[str, str]:
        return {"NODE_ENV": "production"}

    def web_memory(self) -> int:
        """What is used of the heaps, after a collection, and what lies beside them.

        What is resident besides is room that V8 keeps: tens of megabytes, more or less of it each time, and so no measure.
        """
        answers = (urlopen(f"http://127.0.0.1:{port}/memory", timeout=10) for port in self.ports)
        return sum(int(answer.read()) for answer in answers)


class FlaskPeer(Peer):
    """Flask-SocketIO, naively."""

    name = "flask"
    folder_of_code = BENCH / "peers" / "flask_naive"

    def _arguments(self, port: int) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning"),
            *("-k", "geventwebsocket.gunicorn.workers.GeventWebSocketWorker", "--worker-connections", "10000"),
            *("-w", "1", "-b", f"127.0.0.1:{port}", "server:app"),
        ]


def body_of(seq: int) -> str:
    """48 bytes, as the load generator writes them."""
    return f"The quick brown fox number {seq:020d}."


def contenders() -> dict[str, type[Contender]]:
    """By name, in the order of the tables."""
    from bench.chatter import Chatter

    return {"chatter": Chatter, "node": NodePeer, "flask": FlaskPeer}
