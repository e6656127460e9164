"""Prometheus: what this process counted and holds, on a port of its own. See docs/operations/metrics.md."""

from prometheus_client import CollectorRegistry, ProcessCollector

from app.core import Core
from app.metrics.collector import Collector
from app.metrics.endpoint import Endpoint


def serve(core: Core) -> Endpoint:
    """Answer ``/metrics`` if a port is set; ``stop`` ends that, and does nothing where there is none."""
    settings = core.settings
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(core))
    ProcessCollector(registry=registry)
    # One port for each process of a server and one for a worker beside them.
    ports = range(settings.metrics_port, settings.metrics_port + settings.web_concurrency + 1)
    endpoint = Endpoint(registry, ports if settings.metrics_port else (), settings.metrics_token)
    endpoint.start()
    return endpoint
