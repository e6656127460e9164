"""What web and worker processes have in common: stores, the log, the services. No Flask."""

import os
import time
import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from pymongo.database import Database
from redis import Redis

from app import error_reports, tracing
from app.logs import configure, errors_seen
from app.meter import Meter
from app.models.connection import connect
from app.models.messages import insert_in_order
from app.preflight import Preflight
from app.realtime.publisher import SocketPublisher
from app.sequencing import keys
from app.sequencing.heads import Heads
from app.sequencing.inserts import Inserts
from app.sequencing.leases import Leases, Role
from app.sequencing.mailbox import Mailbox
from app.sequencing.pointers import Pointers
from app.sequencing.sequencer import Sequencer
from app.sequencing.store import Store
from app.services.assembly import build
from app.services.registry import Services, install
from app.stores import connect_redis, heed_changes
from app.watch import Watch
from config import Settings

log = structlog.get_logger(__name__)

SPARE_CONNECTIONS = 8
LONGEST_WAIT_MS = 60_000
"""What is told once more after a crash may be hours old, and is no measure."""


@dataclass(slots=True)
class Core:
    """One process's share of the log. ``start`` when it may work, ``stop`` to leave nothing behind."""

    settings: Settings
    process: str
    preflight: Preflight
    redis: Redis
    queue: Redis
    database: Database[dict[str, Any]]
    publisher: SocketPublisher
    heads: Heads
    sequencer: Sequencer
    leases: Leases
    pointers: Pointers
    services: Services
    watch: Watch
    meter: Meter
    mailbox: Mailbox | None = None

    def start(self, control: dict[str, Any] | None = None, *, commits: bool = True) -> None:
        """Listen for replies and control notes, and commit if this process may, once the stores are there.

        ``control`` maps a control note's name to what else this process does with it.
        """
        handlers = control or {}

        def hear_control(note: dict[str, Any]) -> None:
            if note.get("note") == "access_changed":
                self.services.access.forget(note["conversation"])
                self.leases.forget(note["conversation"])
            elif note.get("note") == "revised":
                self.services.messages.forget_pages(note["conversation"], note["targets"])
            elif note.get("note") == "expired":
                self.services.messages.forget_pages_of(note["conversation"])
            elif note.get("note") == "privacy_changed":
                self.services.presence.visibility.forget(note["user"])
            elif note.get("note") == "signed_out":
                self.services.devices.forget(note["devices"])
            handle = handlers.get(str(note.get("note")))
            if handle is not None:
                handle(note)

        self.mailbox = Mailbox(
            self.redis,
            {keys.replies(self.process): self.sequencer.heard, keys.CONTROL_CHANNEL: hear_control},
            on_gap=self._doubt,
        )
        heed_changes(self.redis, self._doubt)
        self.mailbox.start()
        self.pointers.start()
        self.watch.start()
        self.meter.start()
        self.preflight.then(self.leases.start if commits else lambda: None)

    def _doubt(self) -> None:
        """Control notes may have been lost, and Redis set back: believe nothing that was remembered."""
        self.heads.doubt()
        self.services.messages.forget_pages()
        self.services.access.forget()
        self.services.presence.visibility.forget()
        self.leases.forget()

    def stop(self) -> None:
        """Hand the leases back and write what is still held."""
        self.leases.stop()
        self.pointers.stop()
        self.watch.stop()
        self.meter.stop()
        if self.mailbox is not None:
            self.mailbox.stop()
        log.info("stopped")
        tracing.stop()
        error_reports.stop()


def build_core(settings: Settings, role: Role) -> Core:
    """Connect and assemble; raises ``ConfigError`` where a store can never work."""
    process = f"{settings.server_id}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    configure(settings, process)
    error_reports.start(settings, process, role)
    tracing.start(settings, process, role)
    redis = connect_redis(settings.redis_url)
    database = connect(settings.mongodb_uri)
    preflight = Preflight(settings, redis, database)
    preflight.look()
    queue = connect_redis(settings.redis_queue_url) if settings.redis_queue_url != settings.redis_url else redis
    publisher = SocketPublisher(queue, control=redis)
    pointers = Pointers(redis)
    meter = Meter(redis, process, {"role": role, "server": settings.server_id}, errors_seen)

    def announce(announcements: Any) -> None:
        publisher.announce(announcements)
        pointers.note(announcements)
        _count(meter, announcements)

    sequencer = Sequencer(redis, process, settings.shard_count, settings.backlog_limit, lambda: preflight.passed)
    # Every shard's committer waits in a blocking read, and leases must be renewed beside them.
    committing = connect_redis(settings.redis_url, retries=0, connections=settings.shard_count + SPARE_CONNECTIONS)
    inserts = Inserts(insert_in_order)
    leases = Leases(
        committing,
        process,
        role,
        settings.shard_count,
        lambda shard: Store(insert=inserts.insert),
        announce,
    )
    heads = Heads(redis, settings.shard_count)
    services = build(settings, redis, heads, sequencer, publisher, process)
    install(services)
    meter.gauges = lambda: {"shards": leases.held}
    watch = Watch({"redis": redis.ping, "mongodb": lambda: database.command("ping")})
    return Core(
        settings,
        process,
        preflight,
        redis,
        queue,
        database,
        publisher,
        heads,
        sequencer,
        leases,
        pointers,
        services,
        watch,
        meter,
    )


def _count(meter: Meter, announcements: Any) -> None:
    present = time.time_ns() // 1_000_000
    for announcement in announcements:
        meter.committed(
            len(announcement.entries), min(LONGEST_WAIT_MS, max(0, present - announcement.entries[-1].created_at))
        )
