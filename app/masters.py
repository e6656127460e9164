"""Redis behind Sentinel: who is the master is asked anew for each connection.

An address is ``redis+sentinel://user:password@host:port,host:port/db/service``, as python-socketio writes it; user and
password are for Redis, the sentinels take none.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError
from redis.retry import Retry

SENTINEL = re.compile(
    r"redis\+sentinel://(?:(?P<user>[^:@/]*):(?P<password>[^@/]*)@)?(?P<hosts>[^@/?:,]+:\d{1,5}(?:,[^@/?:,]+:\d{1,5})*)/(?P<db>\d{1,5})/(?P<service>[\w.-]+)"
)
TIMEOUTS: dict[str, Any] = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
"""Seconds. A sentinel that does not answer is passed over: the next one knows as well."""


@dataclass(frozen=True, slots=True)
class Master:
    """A service that sentinels watch."""

    sentinels: tuple[tuple[str, int], ...]
    service: str

    def address(self) -> tuple[str, int]:
        """Host and port of the present master, from the first sentinel that knows. Raises redis' ConnectionError."""
        for host, port in self.sentinels:
            try:
                with Redis(host, port, retry=Retry(NoBackoff(), 0), decode_responses=True, **TIMEOUTS) as sentinel:
                    found: Any = sentinel.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.service)
            except (RedisError, OSError):
                continue
            if found:
                return str(found[0]), int(found[1])
        raise ConnectionError(f"no sentinel knows the master of {self.service}")


def behind_sentinel(url: str) -> dict[str, Any] | None:
    """What a connection needs: ``master``, ``db``, ``username``, ``password``; None for an address of Redis itself."""
    match = SENTINEL.fullmatch(url)
    if match is None:
        return None
    sentinels = [one.rpartition(":") for one in match["hosts"].split(",")]
    return {
        "master": Master(tuple((host, int(port)) for host, _, port in sentinels), match["service"]),
        "db": int(match["db"]),
        "username": unquote(match["user"] or "") or None,
        "password": unquote(match["password"] or "") or None,
    }
