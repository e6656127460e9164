"""A Redis Cluster behind the commands of redis-py's client for one Redis.

An address is ``redis+cluster://user:password@host:port,host:port/``, or ``rediss+cluster://`` with the library's options of TLS
behind a question mark. Why not the library's own client: docs/decisions/0053.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from redis import BlockingConnectionPool, Redis, SSLConnection
from redis.client import Pipeline
from redis.commands.core import Script
from redis.connection import parse_url
from redis.exceptions import NoScriptError

from app.cluster_lines import ClusterLine, ClusterSharedLine
from app.lines import raise_first
from app.links import Link
from app.topology import Address, Topology, each_address

CLUSTER = re.compile(
    r"(?P<scheme>rediss?)\+cluster://(?P<who>[^:@/]*:[^@/]*@)?(?P<hosts>[^@/?:,]+:\d{1,5}(?:,[^@/?:,]+:\d{1,5})*)/?(?P<query>\?.*)?"
)


class _Anywhere:
    """A connection to whichever node can be reached when it is made: for channels, which all of them hear."""

    _connect_to: Callable[[], Any]

    def __init__(self, *, topology: Topology, **options: Any) -> None:
        self._topology = topology
        super().__init__(**options)

    def _connect(self) -> Any:
        why = OSError("there is no node to connect to")
        for address in self._topology.addresses():
            self.host, self.port = address
            try:
                return super()._connect()  # type: ignore[misc]
            except OSError as error:
                why = error
        raise why


class AnyLink(_Anywhere, Link):
    pass


class AnySecureLink(_Anywhere, SSLConnection):
    pass


class Cluster(Redis):
    """A client of all masters, with ``line`` and ``shared_line``. What concerns a server and no key (``INFO``, ``SCAN``) is asked of each of ``masters``."""

    def __init__(self, seeds: tuple[Address, ...], *, secure: bool = False, retries: int, **options: Any) -> None:
        """``options``: of the pool of connections to each node. Connects to nobody yet."""
        one: dict[str, Any] = options | {"connection_class": SSLConnection if secure else Link}
        any_link = AnySecureLink if secure else AnyLink
        pool: Any = BlockingConnectionPool
        self.topology = Topology(seeds, lambda address: pool(**one, host=address[0], port=address[1]))
        self.line = ClusterLine(self.topology)
        self.shared_line = ClusterSharedLine(self.line)
        self._retries = retries
        super().__init__(connection_pool=pool(**one | {"connection_class": any_link}, topology=self.topology))

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """The answer of the key's master, or of any; raises RedisError."""
        (answer,) = raise_first(self.line.ask([args], self._retries))
        return _parsed(self.response_callbacks, args, options, answer)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        return SplitPipeline(self, transaction)

    def register_script(self, script: Any) -> Script:
        return ClusterScript(self, script)

    def ping(self, **_: Any) -> bool:
        """Whether all masters answer. Raises RedisError where one does not."""
        return all(master.ping() for master in self.masters())

    def masters(self) -> list[Redis]:
        """A client of each one. Raises RedisError where none is known."""
        if not self.topology.masters():
            self.topology.look()
        return [Redis(connection_pool=node.pool) for node in self.topology.masters()]

    def scan_iter(self, *args: Any, **options: Any) -> Iterator[Any]:
        for master in self.masters():
            yield from master.scan_iter(*args, **options)

    def close(self) -> None:
        super().close()
        self.connection_pool.disconnect()
        self.topology.close()

    def __del__(self) -> None:
        """Its lines may live on."""


class SplitPipeline(Pipeline):
    """A pipeline whose commands go to the masters of their keys; a transaction is of one slot."""

    def __init__(self, cluster: Cluster, transaction: bool) -> None:
        super().__init__(cluster.connection_pool, cluster.response_callbacks, transaction, None)
        self._cluster = cluster
        self._whole = transaction

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        stack, self.command_stack = self.command_stack, []
        commands, line, retries = [args for args, _ in stack], self._cluster.line, self._cluster._retries
        if not commands:
            return []
        answers = line.transact(commands, retries) if self._whole else line.ask(commands, retries)
        if raise_on_error:
            raise_first(answers)
        return [
            answer if isinstance(answer, Exception) else _parsed(self.response_callbacks, args, options, answer)
            for (args, options), answer in zip(stack, answers, strict=True)
        ]


class ClusterScript(Script):
    """A script that each master learns when it is called there first; loading it on all would need all of them."""

    def __call__(self, keys: Any = None, args: Any = None, client: Any = None) -> Any:
        call = (len(keys or ()), *(keys or ()), *(args or ()))
        try:
            return self.registered_client.evalsha(self.sha, *call)
        except NoScriptError:
            return self.registered_client.eval(self.script, *call)  # type: ignore[arg-type]


def connect_cluster(url: str, retries: int, **options: Any) -> Cluster | None:
    """A client of the cluster at ``url``; None for another address. ``options`` as for ``Cluster``."""
    match = CLUSTER.fullmatch(url)
    if match is None:
        return None
    parse: Any = parse_url
    named = parse(f"{match['scheme']}://{match['who'] or ''}seed:1/{match['query'] or ''}")
    named = {name: value for name, value in named.items() if name not in ("host", "port", "db", "connection_class")}
    secure = match["scheme"] == "rediss"
    return Cluster(tuple(each_address(match["hosts"])), secure=secure, retries=retries, **options | named)


def _parsed(callbacks: Any, args: Sequence[Any], options: dict[str, Any], answer: Any) -> Any:
    options.pop("keys", None)
    name = args[0]
    return callbacks[name](answer, **options) if name in callbacks else answer
