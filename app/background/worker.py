"""The worker's life: commit while nobody says stop, and do the chores."""

import signal
import sys

import gevent
import structlog
from gevent.event import Event
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.core import build_core
from app.preflight import NEVER_WORKS
from app.services.registry import services
from config import ConfigError, Settings

log = structlog.get_logger(__name__)

SWEEP_PRESENCE_EVERY_S = 10.0


def main() -> int:
    """Run until SIGTERM or SIGINT; 0 after a clean stop, 4 where the configuration can never work."""
    try:
        core = build_core(Settings.from_env(), role="worker")
    except ConfigError as error:
        print(f"Chatter cannot start: {error}", file=sys.stderr)
        return NEVER_WORKS
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(name, stop.set)
    core.start()
    log.info("worker_started")
    chores = gevent.spawn(_sweep_presence)
    stop.wait()
    chores.kill(block=False)
    core.stop()
    return 0


def _sweep_presence() -> None:
    while True:
        gevent.sleep(SWEEP_PRESENCE_EVERY_S)
        try:
            services().presence.sweep()
        except (RedisError, PyMongoError, OSError) as error:
            log.warning("presence_not_swept", cause=type(error).__name__)
        except Exception:
            log.exception("presence_not_swept")
