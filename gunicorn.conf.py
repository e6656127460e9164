"""gunicorn's settings: `gunicorn -c gunicorn.conf.py wsgi:app` starts WEB_CONCURRENCY gevent-websocket workers."""

from gevent import monkey

# Before every other import: gunicorn loads the worker's class, and with it ssl, before the worker patches.
monkey.patch_all()

import ctypes  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402

from config import ConfigError, Settings  # noqa: E402

# Noting who spawned each greenlet costs more than spawning it, and holds on to frames.
gevent.config.track_greenlet_tree = False

try:
    _settings = Settings.from_env()
except ConfigError as error:
    print(f"Chatter cannot start: {error}", file=sys.stderr)
    sys.exit(4)  # the code for "will never work", which wsgi.py and the worker use too

_developing = _settings.environment == "development"
_PR_SET_PDEATHSIG = 1


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


# A development server shows one-time codes in its log, so it listens to this machine alone: under both of
# localhost's addresses, because browsers try either first.
if _developing:
    bind = [f"127.0.0.1:{_settings.port}"] + ([f"[::1]:{_settings.port}"] if _has_ipv6_loopback() else [])
else:
    bind = [f"0.0.0.0:{_settings.port}"]

wsgi_app = "wsgi:app"
worker_class = "app.realtime.gunicorn_worker.ChatterWorker"
workers = _settings.web_concurrency
# Each worker connects to the stores itself: a connection must not be shared over a fork.
preload_app = False
# One open socket is one connection for hours.
worker_connections = 10_000
timeout = 60
# Open websockets end at this limit and reconnect elsewhere; the rest of the requests are long done.
graceful_timeout = 2 if _developing else 10
# A socket's workers must not be recycled after n requests.
max_requests = 0
# The app logs each request itself, with its ids and without its secrets.
accesslog = None
errorlog = "-"
loglevel = "warning" if _developing else "info"
# gunicorn 27 would open a control socket in the home folder, shared by every Chatter on the machine.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse what cannot work: sockets are written beneath Python's TLS (docs/decisions/0012)."""
    if server.cfg.is_ssl:
        print("Chatter cannot start: gunicorn's own TLS is not supported; let the balancer end TLS.", file=sys.stderr)
        sys.exit(4)


def post_fork(server: object, worker: object) -> None:
    """In development a worker dies with its master, even where that one was killed with -9."""
    if _developing and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == 1:
            os._exit(1)  # it was killed before the line above


def post_worker_init(worker: Any) -> None:
    """On SIGTERM hand the leases back and send the sockets elsewhere at once; gunicorn then waits for the requests.

    All is loaded now, too.
    """
    from app import begin_shutdown, garbage

    leave = worker.handle_exit

    def handle_exit(number: int, frame: object) -> None:
        gevent.spawn(begin_shutdown, worker.wsgi)
        leave(number, frame)

    worker.handle_exit = handle_exit
    signal.signal(signal.SIGTERM, handle_exit)
    garbage.settle()


def worker_exit(server: object, worker: Any) -> None:
    """Write what is still held before the process ends."""
    from app import finish_shutdown

    if getattr(worker, "wsgi", None) is not None:
        finish_shutdown(worker.wsgi)
