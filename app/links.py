"""Connections that are looked at quickly, and those that find the master."""

import select
from typing import Any

from gevent import monkey
from gevent.socket import wait_read
from redis import Connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError

from app.masters import Master

_poll: Any = monkey.get_original("select", "poll")
"""The operating system's own, which never waits when it is told not to; gevent's goes round the loop even then."""


class Link(Connection):
    """A connection that is looked at quickly.

    redis-py looks before each command whether a pooled connection is clean, and twice for each message on a channel,
    through two polls. In gevent's hands each costs a turn of the loop, more than the command itself.
    """

    def can_read(self, timeout: float = 0) -> bool:
        """Whether something has arrived within ``timeout`` seconds; raises ConnectionError where the peer has gone."""
        sock: Any = self._sock
        reader = getattr(self._parser, "_reader", None)
        if sock is None or reader is None or reader.has_data():
            return super().can_read(timeout)
        if timeout:
            try:
                wait_read(sock.fileno(), timeout)
            except TimeoutError:
                return False
        poller = _poll()
        poller.register(sock, select.POLLIN | getattr(select, "POLLRDHUP", 0))
        for _, events in poller.poll(0):
            return events == select.POLLIN or super().can_read(0)
        return False


class MasterLink(Link):
    """A connection to whoever is the master when it is made (``app/masters.py``)."""

    def __init__(self, *, master: Master, **options: Any) -> None:
        self._master = master
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def _connect(self) -> Any:
        self.host, self.port = self._master.address()
        return super()._connect()  # type: ignore[no-untyped-call]

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        """The answer; raises ConnectionError where this was a master and is none any more: the next asks again."""
        try:
            return super().read_response(*arguments, **options)
        except ReadOnlyError as error:
            self.disconnect()  # type: ignore[no-untyped-call]
            raise RedisConnectionError("the former master is a replica now") from error
