"""Every 15 s: are the sockets of this process still somebody's? A lost ``signed_out`` costs half a minute at most."""

import ctypes
import random

import gevent
import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.realtime.connections import Connection
from app.realtime.link import Link
from app.realtime.server import RealtimeServer
from app.services.registry import services

log = structlog.get_logger(__name__)

SWEEP_EVERY_S = 15.0
SWEEP_WITHIN_S = 5.0
DEVICES_AT_ONCE = 25
"""A message should not wait behind one long answer of the store, nor behind many short ones."""
PAUSE_S = 0.1
TIDY_AFTER_SOCKETS = 100
_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""Of GNU's C library: give memory back to the system that is free and lies between what is not."""


class Sweeper:
    """Closes sockets whose device was signed out or whose user was disabled."""

    def __init__(self, realtime: RealtimeServer) -> None:
        self._realtime = realtime
        self._greenlet: gevent.Greenlet | None = None
        self._tidied_with = 0

    def start(self) -> None:
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        if self._greenlet is not None:
            self._greenlet.kill(block=False)

    def sweep(self) -> int:
        """Close what is nobody's, a few at a time; how many were closed."""
        by_device: dict[str, list[Connection]] = {}
        for connection in self._realtime.connections.all():
            by_device.setdefault(connection.device, []).append(connection)
        devices, closed = list(by_device), 0
        pages = [devices[start : start + DEVICES_AT_ONCE] for start in range(0, len(devices), DEVICES_AT_ONCE)]
        for page in pages:
            dead = set(page) - services().devices.alive(page)
            for connection in (connection for device in dead for connection in by_device[device]):
                self._realtime.close(connection.socket, "signed_out")
                closed += 1
            gevent.sleep(min(PAUSE_S, SWEEP_WITHIN_S / len(pages)))
        return closed

    def _tidy(self) -> None:
        """Hundreds of sockets that came at once leave as much memory behind as they need for themselves."""
        if _trim is not None and abs(Link.followed - self._tidied_with) >= TIDY_AFTER_SOCKETS:
            self._tidied_with = Link.followed
            gevent.get_hub().threadpool.apply(_trim, (0,))

    def _run(self) -> None:
        gevent.sleep(random.uniform(0, SWEEP_EVERY_S))
        while True:
            try:
                self.sweep()
                self._tidy()
                services().presence.sweep()  # an installation without a worker process has nobody else to do it
            except (RedisError, PyMongoError, OSError) as error:
                log.warning("sweep_failed", cause=type(error).__name__)
            except Exception:
                log.exception("sweep_failed")
            gevent.sleep(SWEEP_EVERY_S)
