"""Says in the log which store is away, and for how long it was, whether or not anybody asks for it meanwhile."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import gevent
import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.patience import Late, within

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
SILENT_AFTER_S = 5.0
SAY_EVERY_S = 30.0


class Watch:
    """Asks each store every 5 s. ``pings`` maps a store's name to a call that fails, or is silent, while it is away."""

    def __init__(self, pings: Mapping[str, Callable[[], Any]]) -> None:
        self._pings = pings
        self._greenlets: list[gevent.Greenlet] = []
        self.away = dict.fromkeys(pings, False)
        """Which store did not answer when it was asked last."""

    def start(self) -> None:
        self._greenlets = [gevent.spawn(self._run, name, ping) for name, ping in self._pings.items()]

    def stop(self) -> None:
        gevent.killall(self._greenlets, block=False)

    def _run(self, store: str, ping: Callable[[], Any]) -> None:
        away_since = said = 0.0
        while True:
            cause, now = _cause(ping), time.monotonic()
            self.away[store] = cause is not None
            if cause is None and away_since:
                log.warning("store_back", store=store, seconds=round(now - away_since))
                away_since = said = 0.0
            elif cause is not None and now - said >= SAY_EVERY_S:
                away_since, said = away_since or now, now
                log.warning("store_away", store=store, cause=cause, seconds=round(now - away_since))
            gevent.sleep(LOOK_EVERY_S)


def _cause(ping: Callable[[], Any]) -> str | None:
    try:
        within(SILENT_AFTER_S, ping)
    except Late:
        return "silent"
    except (RedisError, PyMongoError, OSError) as error:
        return type(error).__name__
    return None
