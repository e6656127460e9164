"""``GET /metrics`` on the first free port of a few: each process has its own, so nothing is shared between processes."""

import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import gevent
import structlog
from gevent.pywsgi import WSGIServer
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

log = structlog.get_logger(__name__)

LOOK_AGAIN_S = 5.0
AT_ONCE = 8
"""Connections; each asks once."""

Start = Callable[[str, list[tuple[str, str]]], Any]


class Endpoint:
    """``ports`` are tried in order until one is free; none: nothing is served.

    Without a ``token`` it is there for this machine alone; with one, for everybody who sends it.
    """

    def __init__(self, registry: CollectorRegistry, ports: Sequence[int], token: str) -> None:
        self._registry = registry
        self._ports = ports
        self._expected = f"Bearer {token}".encode() if token else None
        self._address = "0.0.0.0" if token else "127.0.0.1"  # noqa: S104
        self._looking: gevent.Greenlet | None = None
        self._server: WSGIServer | None = None

    @property
    def port(self) -> int | None:
        """Where it answers."""
        return self._server.server_port if self._server else None

    def start(self) -> None:
        """Answer, as soon as a port is free: one that is to be replaced may still have it."""
        if self._ports and not self._bind():
            log.warning("metrics_have_no_port", ports=list(self._ports))
            self._looking = gevent.spawn(self._look)

    def stop(self) -> None:
        if self._looking is not None:
            self._looking.kill(block=False)
        if self._server is not None:
            self._server.close()  # who is being answered now is answered
            self._server = None

    def _look(self) -> None:
        while not self._bind():
            gevent.sleep(LOOK_AGAIN_S)

    def _bind(self) -> bool:
        for port in self._ports:
            server = WSGIServer((self._address, port), self.answer, log=None, spawn=AT_ONCE)
            try:
                server.start()
            except OSError:
                continue
            self._server = server
            log.info("metrics_served", port=port)
            return True
        return False

    def answer(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """The WSGI application."""
        if environ["PATH_INFO"] != "/metrics":
            return _say(start, "404 Not Found")
        if environ["REQUEST_METHOD"] != "GET":
            return _say(start, "405 Method Not Allowed", ("Allow", "GET"))
        given = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1")
        if self._expected is not None and not hmac.compare_digest(given, self._expected):
            return _say(start, "401 Unauthorized", ("WWW-Authenticate", "Bearer"))
        try:
            text = generate_latest(self._registry)
        except Exception:
            log.exception("metrics_failed")
            return _say(start, "500 Internal Server Error")
        return _say(start, "200 OK", ("Content-Type", CONTENT_TYPE_LATEST), body=text)


def _say(start: Start, status: str, *headers: tuple[str, str], body: bytes = b"") -> list[bytes]:
    start(status, [*headers, ("Content-Length", str(len(body))), ("Connection", "close")])
    return [body]
