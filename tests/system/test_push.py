"""A worker tells who is away, by push; who has a page open is told by the page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.installation import Installation
from tests.push_service import PushBrowser, PushService
from tests.system.conftest import Person, wait_until


@pytest.fixture
def installation(tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str) -> Iterator[Installation]:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri, PUSH_TO_LOOPBACK="true") as installation:
        yield installation


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.close()
    assert service.complaints == []


def subscribed(service: PushService, url: str, person: Person) -> PushBrowser:
    browser = service.browser()
    answer = requests.post(f"{url}/api/v1/me/push", json=browser.subscription, headers=person.headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return browser


def bodies(browser: PushBrowser) -> list[str]:
    return [one["body"] for one in browser.got]


def test_who_is_away_is_told_by_push_and_who_is_here_is_not(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str], service: PushService
) -> None:
    here, there = installation.web(EMBEDDED_COMMITTER="false", wait=False), installation.web(wait=False)
    installation.worker()
    for web in (here, there):
        web.wait_until_ready()
    ada, ben, cleo = person("Ada"), person("Ben"), person("Cleo")
    chat = group(ada, ben, cleo)
    adas, cleos = subscribed(service, here.url, ada), subscribed(service, there.url, cleo)
    a, b = ada.client(here.url), ben.client(there.url)

    first = b.post(chat, "Cleo is away")["seq"]
    wait_until(lambda: bodies(cleos) == ["Ben: Cleo is away"])
    assert cleos.got[0]["conversation"] == chat and cleos.got[0]["title"] == "Test"
    a.wait_for(lambda it: it.entries(chat))
    a.call("read", conversation=chat, delivered=first)

    a.close()
    b.post(chat, "now Ada may be, too")
    wait_until(lambda: bodies(adas) == ["Ben: now Ada may be, too"], 30)
    wait_until(lambda: bodies(cleos)[-1] == "Ben: now Ada may be, too", 30)
    assert service.public_keys == {ada.get(f"{there.url}/api/v1/me/push").json()["public_key"]}


def test_a_chat_s_level_holds_for_pushes_and_a_subscription_that_is_gone_goes(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str], service: PushService
) -> None:
    web = installation.web()
    installation.worker()
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    browser = subscribed(service, web.url, ada)
    url = f"{web.url}/api/v1/conversations/{chat}"
    changed = requests.patch(url, json={"notify": "mentions"}, headers=ada.headers, timeout=10)
    assert changed.json()["me"]["notify"] == "mentions"
    b = ben.client(web.url)
    b.post(chat, "to nobody in particular")
    b.post(chat, f"@[{ada.id}], look")
    wait_until(lambda: bodies(browser) == ["Ben: @Ada, look"])

    browser.status = 410
    b.post(chat, f"@[{ada.id}], again")
    wait_until(lambda: ada.get(f"{web.url}/api/v1/me/push").json()["endpoint"] is None)
    assert bodies(browser) == ["Ben: @Ada, look"]


def test_what_was_said_while_no_worker_was_there_is_pushed_when_one_comes(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str], service: PushService
) -> None:
    web = installation.web()
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    browser = subscribed(service, web.url, ada)
    ben.client(web.url).post(chat, "said while no worker was there")
    installation.worker()
    wait_until(lambda: bodies(browser) == ["Ben: said while no worker was there"])
