"""Who is to be told by push, and when: a list that workers share.

News makes a user due at once (``app/sequencing/pointers.py``), going away too (``app/services/presence.py``). A claim keeps
others off for a while and ends by itself, should its worker die. One process at a time tells a user, and not again
before a short pause, so that ten messages in a row are a push or two.
"""

from pathlib import Path
from typing import Any

from redis import Redis

from app.sequencing import keys

CLAIM_MS = 60_000
TELLING_MS = 30_000
PAUSE_MS = 2_000
WAIT_MS = 500
LUA = Path(__file__).parent / "lua"


class PushDue:
    """``process`` names this one; ``pause_ms`` is the least time between two pushes to a user."""

    def __init__(self, redis: Redis, process: str, *, pause_ms: int = PAUSE_MS) -> None:
        self._redis = redis
        self._process = process
        self._pause_ms = pause_ms
        self._claim: Any = redis.register_script((LUA / "push_claim.lua").read_text())
        self._finish: Any = redis.register_script((LUA / "push_finish.lua").read_text())

    def claim(self, most: int) -> tuple[str, list[str]]:
        """The claim, and at most so many members of PUSH_DUE that are due now, the longest first."""
        claim, *members = self._claim(keys=[keys.PUSH_DUE], args=[most, CLAIM_MS])
        return str(claim), [str(member) for member in members]

    def finish(self, member: str, claim: str, again_ms: int | None = None) -> None:
        """This member was seen to; due again in ``again_ms`` (None: when there is news)."""
        self._finish(keys=[keys.PUSH_DUE], args=[member, claim, "" if again_ms is None else again_ms])

    def enter(self, user: str) -> bool:
        """From here on this process alone tells ``user``, until ``leave``; False where another does, or just did."""
        return bool(self._redis.set(keys.pushing(user), self._process, nx=True, px=TELLING_MS))

    def leave(self, user: str) -> None:
        """Told: others may after the pause."""
        self._redis.pexpire(keys.pushing(user), self._pause_ms)
