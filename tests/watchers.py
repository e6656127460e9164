"""An OpenTelemetry collector and a Sentry on loopback: they keep what processes send them."""

import gzip
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """``role``: of the process that told it; ``process``: which one."""

    name: str
    trace: str
    id: str
    parent: str
    role: str
    process: str
    milliseconds: float
    about: dict[str, Any]


class Watcher(ThreadingHTTPServer):
    """``raw`` are the bodies as they came; ``spans`` and ``errors`` what was in them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.raw: list[bytes] = []
        self.spans: list[Span] = []
        self.errors: list[dict[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.server_port}/1"

    def take(self, path: str, body: bytes) -> None:
        self.raw.append(body)
        if path == "/v1/traces":
            self.spans += _spans(body)
        elif path == "/api/1/envelope/":
            self.errors += [item for item in map(_json, body.split(b"\n")) if "event_id" in item and "platform" in item]

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(self, *_: Any) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Watcher

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.take(self.path, gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def _json(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _spans(body: bytes) -> list[Span]:
    told = ExportTraceServiceRequest.FromString(body)
    found = []
    for one in told.resource_spans:
        process = _attributes(one.resource.attributes)
        for span in (span for scope in one.scope_spans for span in scope.spans):
            found.append(
                Span(
                    span.name,
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    process["chatter.role"],
                    process["service.instance.id"],
                    (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6,
                    _attributes(span.attributes),
                )
            )
    return found


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
