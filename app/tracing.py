"""OpenTelemetry: one trace from a command to the sockets that hear of it, where a collector is configured.

A command or a request begins a trace. Its mark (a W3C ``traceparent``) goes with the accepted command through the
write-ahead stream and with its announcement through the queue, so that whoever does the next step follows on it. Without a
collector nothing is imported, and every mark is empty. No span carries a text, a name or a number of a phone.
"""

import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from config import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

UNTRACED: AbstractContextManager[Any] = nullcontext()
TRACES_PATH = "/v1/traces"
STOP_WITHIN_MS = 2_000

_provider: "TracerProvider | None" = None
_tracer: Any = None


def start(settings: Settings, process: str, role: str) -> None:
    """Send this process's spans to ``OTEL_EXPORTER_OTLP_ENDPOINT``, if that is set. OpenTelemetry's own variables, such as
    ``OTEL_TRACES_SAMPLER``, hold, too."""
    global _provider, _tracer
    if not settings.otel_exporter_otlp_endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    about = {
        "service.name": "chatter",
        "service.instance.id": process,
        "host.name": settings.server_id,
        "chatter.role": role,
    }
    _provider = TracerProvider(resource=Resource.create(about))
    _provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(settings.otel_exporter_otlp_endpoint.rstrip("/") + TRACES_PATH))
    )
    _tracer = _provider.get_tracer("chatter")


def stop() -> None:
    """Send what is left."""
    global _provider, _tracer
    if _provider is not None:
        _provider.force_flush(STOP_WITHIN_MS)
        _provider.shutdown()
        _provider = _tracer = None


def begin(name: str) -> AbstractContextManager[Any]:
    """A trace of what happens inside; ``name`` comes from a table of ours."""
    if _tracer is None:
        return UNTRACED
    from opentelemetry.trace import SpanKind

    span: AbstractContextManager[Any] = _tracer.start_as_current_span(name, kind=SpanKind.SERVER)
    return span


def mark() -> str:
    """What whoever does the next step follows on; empty outside a trace that is kept."""
    if _tracer is None:
        return ""
    from opentelemetry.trace import get_current_span

    return _mark_of(get_current_span())


def follow(name: str, before: str, began_ns: int, **attributes: Any) -> str:
    """A step that began at ``began_ns`` (ns since 1970) and ends now, after the one marked ``before``; answers its own mark."""
    if _tracer is None or not before:
        return ""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": before})
    span = _tracer.start_span(name, context, start_time=began_ns, attributes=attributes)
    span.end(time.time_ns())
    return _mark_of(span)


def _mark_of(span: Any) -> str:
    about = span.get_span_context()
    if not (about.is_valid and about.trace_flags.sampled):
        return ""
    return f"00-{about.trace_id:032x}-{about.span_id:016x}-{about.trace_flags:02x}"
