"""One trace leads from a command to every server's sockets, over the worker that stored it."""

import uuid
from collections.abc import Callable

import requests

from tests.installation import Installation
from tests.system.conftest import Person, wait_until
from tests.watchers import Span, Watcher

TEXT = "nobody else's business"


def steps(collector: Watcher, name: str) -> list[Span]:
    return [span for span in collector.spans if span.name == name]


def test_a_message_is_one_trace_from_its_command_to_its_delivery(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    with Watcher() as collector:
        tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        installation.worker(**tracing)
        first, second = installation.web(**tracing), installation.web(**tracing)
        ada, bob = person("Ada"), person("Bob")
        conversation = group(ada, bob)
        hers, his = ada.client(first.url), bob.client(second.url)
        for client in (hers, his):
            client.call("sync", conversation=conversation, after=0)
        assert hers.post(conversation, TEXT)["ok"]
        his.wait_for(lambda client: client.entries(conversation))
        wait_until(lambda: [len(steps(collector, name)) for name in ("post", "commit", "deliver")] == [1, 1, 2])

        (post,) = steps(collector, "post")
        (commit,) = steps(collector, "commit")
        delivered = steps(collector, "deliver")
        assert post.role == "web" and commit.role == "worker"
        assert {span.role for span in delivered} == {"web"}
        assert len({span.process for span in delivered}) == 2
        assert {span.trace for span in (post, commit, *delivered)} == {post.trace}
        assert (post.parent, commit.parent) == ("", post.id)
        assert {span.parent for span in delivered} == {commit.id}
        assert commit.about == {"conversation": conversation, "seq": 1, "batch": 1}
        assert [span.about for span in delivered] == [{"sockets": 1}, {"sockets": 1}]
        assert 0 < commit.milliseconds < 15_000

        path = f"/api/v1/conversations/{conversation}/entries"
        message = {"client_id": str(uuid.uuid4()), "body": TEXT}
        assert requests.post(f"{first.url}{path}", json=message, headers=ada.headers, timeout=10).ok
        wait_until(lambda: [len(steps(collector, name)) for name in ("commit", "deliver")] == [2, 4])
        commit = steps(collector, "commit")[1]
        wait_until(lambda: any(span.id == commit.parent for span in collector.spans))
        (request,) = (span for span in collector.spans if span.id == commit.parent)
        assert request.name.startswith("POST /api/v1/conversations/<")
        said = b"".join(collector.raw)
        assert not any(secret.encode() in said for secret in (TEXT, "Ada", ada.token))


def test_what_is_not_sampled_is_told_nowhere_and_carries_nothing(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    with Watcher() as collector:
        tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_TRACES_SAMPLER": "always_off"}
        web = installation.web(**tracing)
        ada = person("Ada")
        conversation = group(ada)
        hers = ada.client(web.url)
        hers.call("sync", conversation=conversation, after=0)
        assert hers.post(conversation, TEXT)["ok"]
        hers.wait_for(lambda client: client.entries(conversation))
        assert web.stop() == 0
        assert collector.spans == []
