"""Two servers, a worker and a browser for the whole run; every test brings people of its own.

Run by plain ``pytest tests/browser``: Playwright has an event loop that does not live with gevent's.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from dev.embedded import EmbeddedMongo, EmbeddedValkey
from tests.browser.chromium import launch_options
from tests.browser.people import ARRIVES_WITHIN_MS, Person
from tests.installation import Installation, Process, Web

DESKTOP = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
SETTINGS = {"SMS_PROVIDER": "console"}
TROUBLE = re.compile(r'"level":"(warning|error)"|"status":5')
TROUBLES_SHOWN = 20

# Two servers, their stores and several browsers share the machine: what is waited for comes, and some of it late.
expect.set_options(timeout=ARRIVES_WITHIN_MS)


@dataclass
class Site:
    """A running Chatter: its servers, and the worker that commits."""

    installation: Installation
    servers: list[Web]
    worker: Process


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, mongodb_uri: str) -> Iterator[Site]:
    """Two servers and a worker that all tests share. A Valkey of its own: other tests empty the run's."""
    with EmbeddedValkey(tmp_path_factory.mktemp("browser-valkey")) as valkey:
        folder = tmp_path_factory.mktemp("browser-logs")
        with Installation(folder, valkey.url, mongodb_uri, **SETTINGS) as installation:
            worker = installation.worker()
            yield Site(installation, [installation.web(), installation.web()], worker)


@pytest.fixture
def own_installation(tmp_path: Path, embedded_mongo: EmbeddedMongo) -> Iterator[Installation]:
    """An installation with stores of its own and nothing started, for tests that break its processes."""
    (tmp_path / "logs").mkdir()
    database = embedded_mongo.uri_of(f"browser_{secrets.token_hex(6)}")
    with (
        EmbeddedValkey(tmp_path / "valkey") as valkey,
        Installation(tmp_path / "logs", valkey.url, database, **SETTINGS) as installation,
    ):
        yield installation


Joiner = Callable[..., Person]


@pytest.fixture
def person_at(new_context: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Iterator[Joiner]:
    """Sign up somebody new at an address: ``person_at(name, url)``, with Playwright's options for a context.

    Their browser has a service worker where the test is marked so: what it keeps takes a fifth of a browser's time.
    The test fails if any of their pages had an error that nobody expected.
    """
    people: list[Person] = []
    workers = "allow" if request.node.get_closest_marker("service_worker") else "block"

    def sign_up(name: str, address: str, **options: Any) -> Person:
        somebody = Person(new_context(**{**DESKTOP, "service_workers": workers, **options}), name, address)
        people.append(somebody)
        somebody.sign_up()
        return somebody

    yield sign_up
    complaints = {somebody.name: somebody.complaints.unexpected() for somebody in people}
    called = getattr(request.node, "rep_call", None)
    if any(complaints.values()) or (called is not None and called.failed):
        _show_troubles(request)
    assert not any(complaints.values()), complaints


def _show_troubles(request: pytest.FixtureRequest) -> None:
    """What the servers warned of, for whoever reads why a test failed."""
    if "site" in request.fixturenames:
        said = request.getfixturevalue("site").installation.logs().splitlines()
        troubles = [line for line in said if TROUBLE.search(line)]
        print("The servers' last troubles:", *troubles[-TROUBLES_SHOWN:], sep="\n")


@pytest.fixture
def person(site: Site, person_at: Joiner) -> Joiner:
    """Sign up somebody new: ``person(name, server=0)``; ``server`` is which of the two they use."""

    def sign_up(name: str, server: int = 0, **options: Any) -> Person:
        return person_at(name, site.servers[server].url, **options)

    return sign_up
