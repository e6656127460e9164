"""The worker's life: commit while nobody says stop, and do the chores."""

import signal
import sys
from collections.abc import Callable

import gevent
import structlog
from gevent.event import Event
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app import garbage, metrics
from app.background.chores import handlers
from app.background.job_runner import JobRunner
from app.background.pusher import Pusher
from app.core import build_core
from app.preflight import NEVER_WORKS
from app.services.registry import services
from config import ConfigError, Settings

log = structlog.get_logger(__name__)

SWEEP_PRESENCE_EVERY_S = 10.0
SWEEP_EXPORTS_EVERY_S = 300.0
SWEEP_REPORTS_EVERY_S = 3_600.0
SWEEP_AUDIT_EVERY_S = 3_600.0
RETAIN_EVERY_S = 20.0
SAMPLE_EVERY_S = 20.0


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
    chores = [
        gevent.spawn(_repeat, "presence", SWEEP_PRESENCE_EVERY_S, services().presence.sweep),
        gevent.spawn(_repeat, "exports", SWEEP_EXPORTS_EVERY_S, services().exports.sweep),
        gevent.spawn(_repeat, "reports", SWEEP_REPORTS_EVERY_S, services().reports.sweep),
        gevent.spawn(_repeat, "audit", SWEEP_AUDIT_EVERY_S, services().audit.sweep),
        gevent.spawn(_repeat, "retention", RETAIN_EVERY_S, services().retention.sweep),
        gevent.spawn(_repeat, "figures", SAMPLE_EVERY_S, services().figures.sample),
    ]
    runner = JobRunner(services().jobs, core.process, handlers(services()))
    runner.start()
    pusher = Pusher(services().push)
    pusher.start()
    measured = metrics.serve(core)
    garbage.settle()
    stop.wait()
    measured.stop()
    gevent.killall(chores, block=False)
    runner.stop()
    pusher.stop()
    core.stop()
    return 0


def _repeat(name: str, every_s: float, sweep: Callable[[], object]) -> None:
    while True:
        gevent.sleep(every_s)
        try:
            sweep()
        except (RedisError, PyMongoError, OSError) as error:
            log.warning("not_swept", what=name, cause=type(error).__name__)
        except Exception:
            log.exception("not_swept", what=name)
