"""Tells by push who is away, in greenlets of its own: no commit waits for a push service."""

import gevent
import structlog
from gevent.pool import Pool
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.domain.errors import ChatError
from app.sequencing import keys
from app.services.push import Push
from app.services.push_due import WAIT_MS
from app.services.push_subscriptions import Subscribed

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.5
CLAIMED_AT_ONCE = 50
AT_ONCE = 20
STOP_WITHIN_S = 3.0
STORE_AWAY_MS = 10_000
LEFT = keys.left("")


class Pusher:
    """Sees to everybody who is due; any number of workers may."""

    def __init__(self, push: Push) -> None:
        self._push = push
        self._pool = Pool(AT_ONCE)
        self._looking: gevent.Greenlet | None = None

    def start(self) -> None:
        self._looking = gevent.spawn(self._look)

    def stop(self) -> None:
        """Leave off; whoever was not told is due again when the claim ends."""
        if self._looking is not None:
            self._looking.kill()
        self._pool.join(timeout=STOP_WITHIN_S)
        self._pool.kill(timeout=STOP_WITHIN_S)

    def _look(self) -> None:
        while True:
            gevent.sleep(LOOK_EVERY_S)
            try:
                while self.round() == CLAIMED_AT_ONCE:
                    pass
            except (RedisError, PyMongoError, OSError) as error:
                log.warning("push_not_looked_at", cause=type(error).__name__)
            except Exception:
                log.exception("push_not_looked_at")

    def round(self) -> int:
        """Begin to tell those who are due now; how many there were, with those whom nothing is to be told."""
        claim, members = self._push.due.claim(CLAIMED_AT_ONCE)
        devices = self._push.subscriptions.of({_user(member) for member in members}) if members else {}
        for member in members:
            if _user(member) in devices:
                self._pool.spawn(self._see_to, member, claim, devices[_user(member)])
            else:
                self._push.due.finish(member, claim)
        return len(members)

    def _see_to(self, member: str, claim: str, devices: list[Subscribed]) -> None:
        user = _user(member)
        again_ms: int | None = None
        try:
            if not self._push.due.enter(user):
                self._push.due.finish(member, claim, WAIT_MS)
                return
            try:
                if member != user:
                    self._push.look_back(user)
                pause = self._push.tell(user, devices)
                again_ms = None if pause is None else int(pause * 1000)
            finally:
                self._push.due.leave(user)
        except (ChatError, RedisError, PyMongoError, OSError) as error:
            log.warning("push_broken_off", user=user, cause=type(error).__name__)
            again_ms = STORE_AWAY_MS
        except Exception:
            log.exception("push_broken", user=user)
        self._finish(member, claim, again_ms)

    def _finish(self, member: str, claim: str, again_ms: int | None) -> None:
        try:
            self._push.due.finish(member, claim, again_ms)
        except (RedisError, OSError) as error:
            log.warning("push_not_finished", cause=type(error).__name__)  # due again when the claim ends


def _user(member: str) -> str:
    """The user whom a member of the list is about."""
    return member.removeprefix(LEFT)
