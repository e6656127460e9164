"""Connections of a process to its two stores, and which of them an error is about."""

import select
import weakref
from collections.abc import Sequence
from itertools import islice
from typing import Any

import gevent
from gevent import monkey
from gevent.event import AsyncResult
from gevent.socket import wait_read
from pymongo.errors import PyMongoError
from redis import BlockingConnectionPool, Connection, Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError
from redis.retry import Retry

from app.counts import STORE_FAILURES
from app.masters import Master, behind_sentinel

REDIS_CONNECTIONS = 32
READ_BYTES = 16_384
"""Each connection keeps a buffer of this size."""
WAIT_FOR_CONNECTION_S = 5
KEPT_ASIDE = 8
SOCKET_TIMEOUT_S = 5
CONNECT_TIMEOUT_S = 2

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


def pool_of(url: str, **options: Any) -> BlockingConnectionPool:
    """A pool of connections to the Redis at ``url``, or to the master that the sentinels in it name."""
    followed = behind_sentinel(url)
    if followed is None:
        return BlockingConnectionPool.from_url(url, **options)
    make: Any = BlockingConnectionPool
    pool: BlockingConnectionPool = make(**options | followed | {"connection_class": MasterLink})
    return pool


def connect_redis(url: str, *, retries: int = 1, connections: int = REDIS_CONNECTIONS) -> Redis:
    """A client that decodes responses, from a pool that waits: redis-py's default pool fails under many greenlets.

    A command whose reply was lost is sent again ``retries`` times; the scripts bear that. Reading a stream does not:
    the entries of the lost reply would be handled after those of the second, so committers take no retries.
    ``connections`` is the pool's limit: a blocking read holds one.
    """
    pool = pool_of(
        url,
        **({} if url.startswith("rediss:") else {"connection_class": Link}),
        max_connections=connections,
        socket_read_size=READ_BYTES,
        timeout=WAIT_FOR_CONNECTION_S,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        health_check_interval=15,
        decode_responses=True,
        # RESP 2: over RESP 3, redis-py 8 loses the pong that tells a silent subscription from a dead one.
        protocol=2,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries),
        client_name="chatter",
    )
    return Redis(connection_pool=pool)


class Line:
    """Asks Redis on connections kept aside: what is asked for every batch does not pay for the pool's accounts.

    There is one for each pool (``line_of``); they come from the pool's number, so it keeps few.
    """

    def __init__(self, pool: Any) -> None:
        self._pool = weakref.proxy(pool)
        self._idle: list[Any] = []

    def ask(self, commands: Sequence[Sequence[Any]], retries: int = 0) -> list[Any]:
        """The answers in order; an error reply stands in its place as an exception.

        Raises RedisError or OSError where they are lost, after so many ``retries``: what became of the commands is then
        unknown.
        """
        for again in range(retries, -1, -1):
            try:
                return self._ask(commands)
            except (RedisError, OSError):
                if not again:
                    raise
        raise AssertionError("unreachable")

    def _ask(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        connection = self._idle.pop() if self._idle else self._pool.get_connection()
        clean = False
        try:
            connection.send_packed_command(connection.pack_commands(commands))
            answers = [_answer_of(connection) for _ in commands]
            clean = True
            return answers
        finally:
            if clean and len(self._idle) < KEPT_ASIDE:
                self._idle.append(connection)
            elif clean:  # a storm is over: the pool's other users need them
                self._pool.release(connection)
            else:  # an answer may still be on its way, also where a deadline broke the wait off
                self._give_back(connection)

    def _give_back(self, broken: Any) -> None:
        """Let go of a connection that failed, and of those that lie idle: what ended one has mostly ended all."""
        idle, self._idle = self._idle, []
        for connection in (broken, *idle):
            connection.disconnect()
            self._pool.release(connection)


class SharedLine:
    """A line on which what several greenlets ask at the same moment goes in one round trip."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waiting: list[tuple[Sequence[Sequence[Any]], AsyncResult]] = []
        self._retries = 0

    def ask(self, commands: Sequence[Sequence[Any]], retries: int = 0) -> list[Any]:
        """As ``Line.ask``; where the answers are lost, all who asked together try again as often as any would."""
        result = AsyncResult()
        self._retries = max(self._retries, retries)
        self._waiting.append((commands, result))
        if len(self._waiting) == 1:
            gevent.spawn(self._ask_together)
        answers: list[Any] = result.get()
        return answers

    def call(self, script: Any, *call: Any, retries: int = 0) -> Any:
        """The answer of a registered script to ``call`` (the number of keys, keys, arguments); by its source where Redis
        forgot it. Raises RedisError, an error reply too."""
        (answer,) = self.ask([("EVALSHA", script.sha, *call)], retries)
        if isinstance(answer, NoScriptError):
            (answer,) = self.ask([("EVAL", script.script, *call)], retries)
        return raise_first([answer])[0]

    def _ask_together(self) -> None:
        waiting, self._waiting = self._waiting, []
        retries, self._retries = self._retries, 0
        try:
            answers = iter(self._line.ask([command for commands, _ in waiting for command in commands], retries))
        except Exception as error:
            for _, result in waiting:
                result.set_exception(error)
            return
        for commands, result in waiting:
            result.set(list(islice(answers, len(commands))))


_lines: "weakref.WeakKeyDictionary[Any, Line]" = weakref.WeakKeyDictionary()


def line_of(redis: Redis) -> Line:
    """The line of this client's pool."""
    pool = redis.connection_pool
    line = _lines.get(pool)
    if line is None:
        line = _lines[pool] = Line(pool)
    return line


_shared_lines: "weakref.WeakKeyDictionary[Any, SharedLine]" = weakref.WeakKeyDictionary()


def shared_line_of(redis: Redis) -> SharedLine:
    """The shared line of this client's pool."""
    pool = redis.connection_pool
    line = _shared_lines.get(pool)
    if line is None:
        line = _shared_lines[pool] = SharedLine(line_of(redis))
    return line


def raise_first(answers: list[Any]) -> list[Any]:
    """The answers, if there is no error among them; raises the first."""
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


def _answer_of(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error


def cause_of(error: BaseException) -> dict[str, str]:
    """What a log line says of a store that did not answer: ``store`` (redis, mongodb or unknown) and ``cause``. It is counted."""
    store = "redis" if isinstance(error, RedisError) else "mongodb" if isinstance(error, PyMongoError) else "unknown"
    cause = type(error).__name__
    STORE_FAILURES[store, cause] += 1
    return {"store": store, "cause": cause}
