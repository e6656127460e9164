"""What is asked of Redis for every batch: on connections kept aside, and what is asked at once in one round trip."""

import weakref
from collections.abc import Sequence
from itertools import islice
from typing import Any

from gevent.event import AsyncResult
from redis.exceptions import NoScriptError, RedisError, ResponseError

from app.greenlets import soon

KEPT_ASIDE = 8


class Line:
    """Asks Redis on connections kept aside: what is asked for every batch does not pay for the pool's accounts.

    There is one for each pool (``line_of``); they come from the pool's number, so it keeps few.
    """

    def __init__(self, pool: Any) -> None:
        self._pool = weakref.proxy(pool)
        self._idle: list[Any] = []

    def lane_of(self, key: str) -> Any:
        """Which server the key is on: there is one. Who asks on one lane waits for what was asked on it, not on others."""
        return None

    def slot_of(self, key: str) -> int:
        """Keys of one slot may stand in one command: here all may."""
        return 0

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
            soon(self._ask_together)
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
