"""Being told by push, over HTTP: the device that asks is the one that is told."""

from collections.abc import Callable, Iterator

import pytest

from app.models import Device
from app.services.vapid import from_base64url
from tests.blueprints.api.conftest import Asker
from tests.push_service import PushService


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.close()


def test_a_device_subscribes_and_ends_it(asker: Callable[..., Asker], service: PushService) -> None:
    ada = asker("Ada")
    before = ada.get("/me/push").json()
    assert before["endpoint"] is None and len(from_base64url(before["public_key"])) == 65
    browser = service.browser()
    answer = ada.post("/me/push", json=browser.subscription)
    assert (answer.status_code, answer.json()) == (200, before | {"endpoint": browser.endpoint})
    assert ada.get("/me/push").json()["endpoint"] == browser.endpoint
    assert [device["push"] for device in ada.get("/devices").json()["devices"]] == [True]
    assert ada.delete("/me/push").status_code == 204
    assert ada.get("/me/push").json() == before
    assert [device["push"] for device in ada.get("/devices").json()["devices"]] == [False]


def test_signing_out_ends_it(asker: Callable[..., Asker], service: PushService) -> None:
    ada = asker("Ada")
    ada.post("/me/push", json=service.browser().subscription)
    assert Device.objects.get(user=ada.id).push_subscription
    assert ada.delete("/session").status_code == 204
    assert not Device.objects.get(user=ada.id).push_subscription


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://169.254.169.254/latest/meta-data"},
        {"endpoint": "http://push.example.com/x"},
        {"endpoint": "https://push.example.com/" + "x" * 2_000},
        {"endpoint": {"$ne": ""}},
        {"keys": {}},
        {"keys": {"p256dh": "A" * 87, "auth": "A" * 22}},
        {"user": "somebody else"},
    ],
    ids=str,
)
def test_what_is_no_subscription_is_refused(
    asker: Callable[..., Asker], service: PushService, wrong: dict[str, object]
) -> None:
    ada = asker("Ada")
    answer = ada.post("/me/push", json=service.browser().subscription | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert ada.get("/me/push").json()["endpoint"] is None


def test_a_guest_is_told_nothing(asker: Callable[..., Asker], service: PushService) -> None:
    ada = asker("Ada")
    ada.headers.pop("Authorization")
    assert ada.get("/me/push").status_code == 401
    assert ada.post("/me/push", json=service.browser().subscription).status_code == 401
