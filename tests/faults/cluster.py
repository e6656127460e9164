"""A whole Chatter on loopback: stores, servers and workers, each process with links of its own to each store."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from redis import Redis

from app.domain.ids import new_id
from app.models import Conversation, Device, Membership, User
from app.models.connection import connect
from app.services.devices import Devices
from app.services.tokens import Tokens
from app.stores import connect_redis
from config import Settings
from dev.embedded import EmbeddedMongo, EmbeddedValkey
from tests.disks import mount_small, unmount
from tests.faults.device import Person
from tests.faults.proxy import Proxy
from tests.installation import Installation, Process, Web

SETTINGS = {
    "POST_BURST": "1000000",
    "POST_PER_SECOND": "1000000",
    "ACCESS_TOKEN_MINUTES": "1440",
    "LOG_LEVEL": "INFO",
    "SHARD_COUNT": "16",
}
"""Each process holds several shards, so that shards share rounds and inserts."""


@dataclass(slots=True)
class Side:
    """One process of Chatter and its two links. ``name`` is in its log's name and its SERVER_ID."""

    name: str
    process: Process
    redis: Proxy
    mongo: Proxy

    @property
    def log(self) -> str:
        return self.process.log.read_text(errors="replace") if self.process.log.exists() else ""

    def freeze(self) -> None:
        self.process.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.signal(signal.SIGCONT)


class SabotagedWeb(Web):
    """A server that can be told to do wrong; its links to the stores are its own."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        super().__init__(environment, log, app="tests.faults.sabotaged_web:app")


class Cluster:
    """``start`` in an event loop; ``stop`` leaves nothing behind. ``webs`` and ``workers`` are sides."""

    def __init__(self, folder: Path, small_disks: bool = False, **settings: str) -> None:
        self.folder = folder
        self._small_disks = small_disks
        self.failpoints = folder / "failpoints"
        self.failpoints.mkdir(parents=True, exist_ok=True)
        self.valkey = EmbeddedValkey(folder / "valkey")
        self.mongo = EmbeddedMongo(folder / "mongo")
        self.webs: list[Side] = []
        self.workers: list[Side] = []
        self._settings = SETTINGS | {"CHATTER_FAILPOINTS": str(self.failpoints)} | settings
        self.shards = int(self._settings["SHARD_COUNT"])
        self._installation: Installation | None = None
        self._tokens: Tokens | None = None

    async def start(self, webs: int = 2, workers: int = 2) -> None:
        if self._small_disks:
            mount_small(self.valkey.data_dir, "64m")
            mount_small(self.mongo.data_dir, "300m")
        await asyncio.to_thread(self.valkey.start)
        await asyncio.to_thread(self.mongo.start)
        self._installation = await asyncio.to_thread(self._install)
        for _ in range(workers):
            await self.add_worker()
        for _ in range(webs):
            await self.add_web()
        for side in self.webs:
            await self.ready(side)

    async def ready(self, side: Side) -> None:
        assert isinstance(side.process, Web)
        await asyncio.to_thread(side.process.wait_until_ready)

    async def stop(self) -> None:
        for side in (*self.webs, *self.workers):
            side.process.kill()
            await side.redis.stop()
            await side.mongo.stop()
        await asyncio.to_thread(self.mongo.stop)
        await asyncio.to_thread(self.valkey.stop)
        for disk in (self.valkey.data_dir, self.mongo.data_dir):
            if self._small_disks:
                unmount(disk)

    # ---- processes ----

    async def add_web(self, **settings: str) -> Side:
        side = await self._side(f"web{len(self.webs) + 1}", SabotagedWeb, settings)
        self.webs.append(side)
        return side

    async def add_worker(self, **settings: str) -> Side:
        def make(environment: dict[str, str], log: Path) -> Process:
            return Process(["-m", "tests.faults.sabotaged_worker"], environment, log)

        side = await self._side(f"worker{len(self.workers) + 1}", make, settings)
        self.workers.append(side)
        return side

    async def _side(self, name: str, make: Callable[[dict[str, str], Path], Process], settings: dict[str, str]) -> Side:
        assert self._installation is not None
        redis, mongo = await Proxy(self.valkey.port).start(), await Proxy(self.mongo.port).start()
        environment = self._installation.environment | {
            "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
            "MONGODB_URI": f"mongodb://127.0.0.1:{mongo.port}/{self.mongo.database}?directConnection=true",
            "SERVER_ID": name,
            "CHATTER_APART": "" if name.endswith("1") else "1",
        }
        side = Side(name, make(environment | settings, self.folder / f"{name}.log"), redis, mongo)
        side.process.start()
        return side

    @property
    def urls(self) -> list[str]:
        return [side.process.url for side in self.webs if isinstance(side.process, Web)]

    @property
    def sides(self) -> list[Side]:
        return [*self.webs, *self.workers]

    def holder(self, shard: int) -> Side:
        """The process that holds a shard's lease at this moment."""
        value = self.redis().get(f"lock:{{{shard}}}")
        name = str(value).split("-", 1)[0]
        return next(side for side in self.sides if side.name == name)

    def logged(self, words: str) -> int:
        """How often the processes' logs hold ``words``."""
        return sum(side.log.count(words) for side in self.sides)

    def pids(self) -> dict[str, int]:
        """Each process that serves or commits, gunicorn's children included."""
        found: dict[str, int] = {}
        for side in self.sides:
            pid = side.process.pid
            if pid is None or not side.process.alive:
                continue
            found[side.name] = pid
            for child in _children(pid):
                found[f"{side.name}.{child}"] = child
        return found

    # ---- stores, seen directly ----

    def redis(self) -> Redis:
        return Redis.from_url(self.valkey.url, decode_responses=True, socket_timeout=5)

    def database(self) -> Any:
        client: MongoClient[dict[str, Any]] = MongoClient(self.mongo.uri, serverSelectionTimeoutMS=5000)
        return client[self.mongo.database]

    def membership(self, conversation: str, person: Person) -> dict[str, Any]:
        found: dict[str, Any] = self.database().memberships.find_one({"conversation": conversation, "user": person.id})
        return found

    def _install(self) -> Installation:
        installation = Installation(self.folder, self.valkey.url, self.mongo.uri, **self._settings)
        settings = Settings.from_env(installation.environment)
        connect(settings.mongodb_uri)
        redis = connect_redis(settings.redis_url)
        self._tokens = Tokens(settings, Devices(redis, publisher=None))  # type: ignore[arg-type]
        return installation

    # ---- people ----

    def person(self, name: str) -> Person:
        """Somebody signed in, without going through the sign-in page."""
        assert self._tokens is not None
        user = User(name=name).save()
        device = Device(user=user.id, kind="api", name="test").save()
        token, _ = self._tokens.issue(user.id, device.id)
        return Person(user.id, name, token)

    def group(self, people: list[Person]) -> str:
        """A conversation with an empty log."""
        conversation = Conversation(id=new_id(), kind="group", title="Test", created_by=people[0].id)
        conversation.save(force_insert=True)
        Membership._get_collection().insert_many(
            [
                Membership(conversation=conversation.id, user=one.id, role=role).to_mongo().to_dict()
                for one, role in zip(people, ("owner", *("member",) * len(people)), strict=False)
            ]
        )
        return str(conversation.id)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def rss_bytes(pid: int) -> int:
    """Resident memory of a process, 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
