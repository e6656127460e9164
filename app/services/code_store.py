"""Where sign-in codes wait for their answer: a hash per challenge in Redis, changed by scripts only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis

from app.sequencing import keys

LUA = Path(__file__).parent / "lua"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a right code was for."""

    phone: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Resent:
    """The number that gets the new code, and the wait in ms before another may be asked for."""

    phone: str
    wait_ms: int


@dataclass(frozen=True, slots=True)
class TooSoon:
    """``rest_ms`` to go before a new code may be asked for."""

    rest_ms: int


class CodeStore:
    """Challenges, bound to a Redis client that decodes responses. All times are ms of the caller's clock."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._redeem = redis.register_script((LUA / "redeem.lua").read_text())
        self._resend = redis.register_script((LUA / "resend.lua").read_text())

    def put(self, challenge: str, phone: str, purpose: str, digest: str, now_ms: int, life_ms: int) -> None:
        """Keep a new challenge for ``life_ms``."""
        fields: dict[str | bytes | bytearray | memoryview[int] | int | float, Any] = {
            "digest": digest,
            "phone": phone,
            "purpose": purpose,
            "tries": 0,
            "sends": 1,
            "sent_at": now_ms,
            "expires_at": now_ms + life_ms,
        }
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(keys.code(challenge), mapping=fields)
            pipe.pexpire(keys.code(challenge), life_ms)
            pipe.execute()

    def redeem(self, challenge: str, digest: str, now_ms: int, allowed: int) -> Redeemed | None:
        """Count a guess; what the code was for if it was right, and then never again."""
        result = _call(self._redeem, challenge, [digest, now_ms, allowed])
        return Redeemed(result[1], result[2]) if result[0] == 1 else None

    def resend(
        self, challenge: str, digest: str, now_ms: int, life_ms: int, waits_ms: tuple[int, ...]
    ) -> Resent | TooSoon | None:
        """Replace the code and begin its life anew, once the wait is over; None where the challenge is gone."""
        result = _call(self._resend, challenge, [digest, now_ms, life_ms, *waits_ms])
        if result[0] == 1:
            return Resent(result[1], int(result[2]))
        return TooSoon(int(result[1])) if result[0] == 0 else None

    def phone_of(self, challenge: str) -> str | None:
        """The number a waiting challenge was sent to."""
        phone = self._redis.hget(keys.code(challenge), "phone")
        return str(phone) if phone else None


def _call(script: Any, challenge: str, arguments: list[Any]) -> Any:
    return script(keys=[keys.code(challenge)], args=arguments)
