"""What a whole installation exports, and that the dashboard, the alerts and the documentation name nothing else."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from dev.embedded import EmbeddedValkey, free_port
from tests.installation import Installation
from tests.system.conftest import Person, wait_until

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
NAME = re.compile(r"\b(?:chatter|process)_[a-z_]+\b")
LABELS = ("command", "code", "kind", "outcome", "route", "status", "limit", "store", "cause", "event", "shard", "le")


class Scrape:
    """One answer: ``value`` sums the samples of a name that have these labels."""

    def __init__(self, text: str) -> None:
        self.families = list(text_string_to_metric_families(text))

    def value(self, name: str, **labels: str) -> float:
        samples = [sample for family in self.families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def labels(self, name: str, label: str) -> list[str]:
        """The label of each sample of a name."""
        return [sample.labels[label] for one in self.families for sample in one.samples if sample.name == name]

    @property
    def names(self) -> set[str]:
        return {
            family.name + suffix
            for family in self.families
            for suffix in SUFFIXES[family.type]
            if family.name.startswith(("chatter_", "process_"))
        }


def scrape(port: int) -> Scrape:
    answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10)
    assert answer.status_code == 200
    return Scrape(answer.text)


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/metrics", timeout=2).ok
    except requests.ConnectionError:
        return False


def expressions() -> list[str]:
    """Every expression of the dashboard and of the alerts."""
    dashboard = json.loads((OPERATIONS / "grafana.json").read_text())
    found = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    rules = yaml.safe_load((OPERATIONS / "alerts.yml").read_text())
    return found + [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


def test_what_people_do_is_counted_and_all_that_is_exported_is_described(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    web_port, worker_port = free_port(), free_port()
    worker = installation.worker(METRICS_PORT=str(worker_port))
    web = installation.web(METRICS_PORT=str(web_port))
    wait_until(lambda: answers(worker_port))
    wait_until(lambda: scrape(worker_port).value("chatter_lease_held") == 4)
    assert scrape(web_port).value("chatter_lease_held") == 0

    ada, bob = person("Ada"), person("Bob")
    conversation = group(ada, bob)
    hers, his = ada.client(web.url), bob.client(web.url)
    his.call("sync", conversation=conversation, after=0)
    for n in range(3):
        assert hers.post(conversation, f"number {n}")["ok"]
    assert not hers.post("a" * 22, "not hers")["ok"]
    his.wait_for(lambda client: len(client.entries(conversation)) == 3)
    assert ada.get(f"{web.url}/api/v1/me").status_code == 200
    assert requests.request("ANYTHING", f"{web.url}/no/such/path", timeout=10).status_code == 404

    told = scrape(web_port)
    assert told.value("chatter_commands_total", command="post", code="accepted") == 3
    assert told.value("chatter_commands_total", command="post", code="not_found") == 1
    assert told.value("chatter_submissions_total", kind="text", code="accepted") == 3
    assert told.value("chatter_sockets") == 2
    assert told.value("chatter_deliveries_total") >= 3
    assert told.value("chatter_http_requests_total", route="/api/v1/me", status="200") == 1
    assert told.value("chatter_http_requests_total", route="none", status="404") == 1
    assert told.value("chatter_store_up", store="redis") == told.value("chatter_store_up", store="mongodb") == 1
    assert told.value("chatter_process", role="web") == 1
    wait_until(lambda: scrape(web_port).value("chatter_backlog_entries") == 0)

    wait_until(lambda: scrape(worker_port).value("chatter_batch_entries_sum") == 3)
    committed = scrape(worker_port)
    assert committed.value("chatter_entries_total") == 3
    assert committed.value("chatter_commit_seconds_count") >= 1
    assert committed.value("chatter_lease_events_total", event="taken") == 4
    assert committed.value("chatter_process", role="worker") == 1

    exported = told.names | committed.names
    manual = set(NAME.findall((OPERATIONS / "metrics.md").read_text()))
    assert manual - exported == set(), "described, and not exported"
    assert {name for name in exported if name.startswith("chatter_") and _stem(name) not in manual} == set()
    for expression in expressions():
        assert NAME.findall(expression), expression
        assert set(NAME.findall(expression)) - exported == set(), expression
        assert expression.count("(") == expression.count(")"), expression

    assert worker.stop() == 0
    assert "Traceback" not in worker.log.read_text(), "the last line is no stack trace"
    assert web.stop() == 0
    assert not answers(worker_port)
    assert not answers(web_port)


def test_each_process_of_a_server_has_a_port_and_says_which_store_is_away(
    installation: Installation, embedded_valkey: EmbeddedValkey
) -> None:
    first = free_port()
    installation.web(METRICS_PORT=str(first), WEB_CONCURRENCY="2")
    ports = range(first, first + 3)
    wait_until(lambda: sum(answers(port) for port in ports) == 2)
    one, two = (port for port in ports if answers(port))
    assert process_of(scrape(one)) != process_of(scrape(two))
    assert scrape(one).labels("chatter_backlog_entries", "shard") == ["0", "1", "2", "3"]
    embedded_valkey.pause()
    try:
        wait_until(lambda: scrape(one).value("chatter_store_up", store="redis") == 0, 30)
        told = scrape(one)
        assert told.value("chatter_store_up", store="mongodb") == 1
        assert told.labels("chatter_backlog_entries", "shard") == [], "nobody knows"
    finally:
        embedded_valkey.resume()
    wait_until(lambda: scrape(one).value("chatter_store_up", store="redis") == 1, 30)


def process_of(told: Scrape) -> list[str]:
    return told.labels("chatter_process", "process")


def _stem(name: str) -> str:
    """A histogram is described by its buckets alone."""
    return re.sub(r"_(sum|count)$", "_bucket", name)


def test_labels_of_expressions_are_those_there_are() -> None:
    for expression in expressions():
        used = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", expression)
        grouped = [one.strip() for by in re.findall(r"by \(([^)]*)\)", expression) for one in by.split(",")]
        assert set(used) | set(grouped) <= {*LABELS, "role", "server", "job", "instance"}, expression


def test_alerts_say_what_they_are_about() -> None:
    rules: Any = yaml.safe_load((OPERATIONS / "alerts.yml").read_text())
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        assert {"alert", "expr", "for", "labels", "annotations"} == rule.keys(), rule
        assert rule["labels"]["severity"] in ("page", "look")
        assert rule["annotations"]["summary"].endswith(".")
        assert f"### {rule['alert']}\n" in (OPERATIONS / "metrics.md").read_text(), rule["alert"]
