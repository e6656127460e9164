"""Stores that are away, or a backlog that is full: the page says that sending is paused, and sends once when it is over."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dev.embedded import EmbeddedMongo, EmbeddedServer, EmbeddedValkey
from tests.browser.chromium import NETWORK_IS_AWAY
from tests.browser.conftest import SETTINGS, Joiner
from tests.browser.paused import A_HEARTBEAT_MS, SERVER_SAYS_NO, healed, meet, told_and_written_on
from tests.installation import Installation

pytestmark = pytest.mark.service_worker

SAYS_SO = re.compile("Not available right now|Chatter cannot be reached")
BACKLOG_LIMIT = "3"


@dataclass
class Stores:
    """The stores of one installation, by what they are called in the log."""

    valkey: EmbeddedValkey
    mongo: EmbeddedMongo

    def named(self, names: str) -> list[EmbeddedServer]:
        servers: dict[str, EmbeddedServer] = {"redis": self.valkey, "mongodb": self.mongo}
        return [servers[name] for name in names.split("+")]


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with EmbeddedValkey(tmp_path / "valkey") as valkey, EmbeddedMongo(tmp_path / "mongodb") as mongo:
        yield Stores(valkey, mongo)


@pytest.fixture
def own(tmp_path: Path, stores: Stores) -> Iterator[Installation]:
    """An installation on stores that the test may kill."""
    with Installation(tmp_path, stores.valkey.url, stores.mongo.uri, **SETTINGS, BACKLOG_LIMIT=BACKLOG_LIMIT) as own:
        yield own


@pytest.mark.parametrize("away", ["redis", "mongodb", "redis+mongodb"])
def test_stores_away_are_told_history_stays_and_two_messages_go_out_once(
    own: Installation, stores: Stores, person_at: Joiner, away: str
) -> None:
    url = own.web().url
    ann, ben = person_at("Ann", url), person_at("Ben", url)
    meet(ann, ben)
    with _away(stores.named(away)):
        for one in (ann, ben):
            one.complaints.expect(SERVER_SAYS_NO)
            one.complaints.expect(NETWORK_IS_AWAY)
        told_and_written_on(ann)
        ben.wait_for_standing("paused", within_ms=A_HEARTBEAT_MS)
        expect(ben.standing.get_by_role("status")).to_have_text(
            "Sending is paused · what you write is kept and sent later"
        )
        ann.reload()  # what is kept here paints it, and the server's page does not
        ann.wait_for_messages(["hello", "one", "two"])
        ann.wait_for_standing("paused", within_ms=A_HEARTBEAT_MS)
    healed(ann, ben)


def test_a_full_backlog_is_told_and_two_messages_go_out_once(own: Installation, person_at: Joiner) -> None:
    worker = own.worker()
    url = own.web(EMBEDDED_COMMITTER="false").url
    ann, ben = person_at("Ann", url), person_at("Ben", url)
    meet(ann, ben)
    worker.signal(signal.SIGSTOP)
    try:
        told_and_written_on(ann, first_says=True)
        assert ben.standing.get_attribute("data-kind") == "up_to_date", "nothing of theirs waits"
    finally:
        worker.signal(signal.SIGCONT)
    healed(ann, ben)


def test_pages_while_stores_are_away_say_so_in_words(
    own: Installation, stores: Stores, person_at: Joiner, new_context: Callable[..., object]
) -> None:
    url = own.web().url
    ann = person_at("Ann", url)
    ann.complaints.expect(SERVER_SAYS_NO)
    ann.complaints.expect(NETWORK_IS_AWAY)
    for names in ("redis", "mongodb"):
        with _away(stores.named(names)):
            # For five seconds the server remembers who asks, and needs MongoDB for no page of its own.
            ann.wait_until(lambda: ann.context.request.get(f"{url}/").status == 503)
            for path in ("/", "/settings/profile", "/sign-in", "/api/v1/bootstrap"):
                answer = ann.context.request.get(url + path, headers={"Accept": "text/html"})
                assert answer.status == 503, f"{path} without {names}: {answer.status}"
                assert path.startswith("/api") or "Not available right now" in answer.text()
                assert "Traceback" not in answer.text()
            guest = ann.context.browser.new_context()  # type: ignore[union-attr]
            assert guest.request.get(f"{url}/").status == 503 if names == "redis" else True
            guest.close()
    assert "Traceback" not in own.logs()


def test_who_is_here_for_the_first_time_while_stores_are_away_sees_words_and_no_empty_page(
    own: Installation, stores: Stores, person_at: Joiner
) -> None:
    ann = person_at("Ann", own.web().url)
    ann.complaints.expect(re.compile("503|Chatter cannot reach"))
    ann.complaints.expect(NETWORK_IS_AWAY)
    ann.wait_for_offline_shell()
    ann.page.evaluate("() => localStorage.clear()")  # nothing is remembered, so that only the server could tell
    ann.leave()
    with _away(stores.named("mongodb")):
        ann.page.goto(ann.address)
        expect(ann.page.get_by_role("heading", name=SAYS_SO)).to_be_visible(timeout=30_000)
        expect(ann.page.get_by_role("link", name="Go to my chats")).to_be_visible()


@contextmanager
def _away(servers: list[EmbeddedServer]) -> Iterator[None]:
    for server in servers:
        server.kill()
    try:
        yield
    finally:
        for server in servers:
            server.start()
