"""The services' own Lua: what must be read and changed in one step. One typed method per script, no policy."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from redis import Redis

from app.sequencing import keys
from app.stores import shared_line_of

LUA = Path(__file__).parent / "lua"
SOCKETS_LIFE_SECONDS = 60

State = Literal["online", "away", "offline"]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A user's state as told last and as it is now; ``at`` is Redis's clock in ms."""

    before: State
    state: State
    at: int


class Scripts:
    """The services' scripts, bound to a Redis client that decodes responses."""

    def __init__(self, redis: Redis) -> None:
        self._line = shared_line_of(redis)
        self._reckon = redis.register_script(_source("reckon"))
        self._depart = redis.register_script(_source("depart"))
        self._dequeue = redis.register_script(_source("dequeue"))

    def reckon(self, user: str, life_ms: int, *, socket: str = "", server: str = "", visible: bool = False) -> Reckoned:
        """Reckon the user's state from beats younger than ``life_ms``, after recording ``socket``'s if one is given."""
        arguments = [socket, server, "1" if visible else "0", life_ms, SOCKETS_LIFE_SECONDS]
        before, state, at = self._line.call(self._reckon, 1, keys.sockets(user), *arguments, retries=1)
        return Reckoned(before, state, int(at))

    def depart(self, user: str, moment: int) -> int | None:
        """Take the user off the online list unless heard after ``moment`` (ms); the last beat (ms), to one caller."""
        beat = _call(self._depart, [keys.ONLINE], [user, moment])
        return int(float(beat)) if beat else None

    def dequeue(self, user: str, conversation: str, delivered: int) -> bool:
        """Strike the conversation from the user's queue if all of it was delivered; was it struck?"""
        return bool(_call(self._dequeue, [keys.queue(user)], [conversation, delivered]))


def _source(name: str) -> str:
    return (LUA / f"{name}.lua").read_text()


def _call(script: Any, script_keys: list[str], arguments: list[Any]) -> Any:
    return script(keys=script_keys, args=arguments)
