"""Every 15 s: are the sockets of this process still somebody's? A lost ``signed_out`` costs half a minute at most."""

import random

import gevent
import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.realtime.server import RealtimeServer
from app.services.registry import services

log = structlog.get_logger(__name__)

SWEEP_EVERY_S = 15.0


class Sweeper:
    """Closes sockets whose device was signed out or whose user was disabled."""

    def __init__(self, realtime: RealtimeServer) -> None:
        self._realtime = realtime
        self._greenlet: gevent.Greenlet | None = None

    def start(self) -> None:
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        if self._greenlet is not None:
            self._greenlet.kill(block=False)

    def sweep(self) -> int:
        """Close what is nobody's; how many were closed."""
        connections = self._realtime.connections.all()
        alive = services().devices.alive({connection.device for connection in connections})
        dead = [connection for connection in connections if connection.device not in alive]
        for connection in dead:
            self._realtime.close(connection.socket, "signed_out")
        return len(dead)

    def _run(self) -> None:
        gevent.sleep(random.uniform(0, SWEEP_EVERY_S))
        while True:
            try:
                self.sweep()
                services().presence.sweep()  # an installation without a worker process has nobody else to do it
            except (RedisError, PyMongoError, OSError) as error:
                log.warning("sweep_failed", cause=type(error).__name__)
            except Exception:
                log.exception("sweep_failed")
            gevent.sleep(SWEEP_EVERY_S)
