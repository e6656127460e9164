"""What is pushed is shown by the service worker of a real browser, while no page is looked at."""

import json
from typing import Any

import pytest

from tests.browser.conftest import Joiner
from tests.browser.people import Person

pytestmark = pytest.mark.service_worker

RECORD = """() => {
  self.shown = [];
  self.registration.showNotification = async (title, { body, tag }) => void self.shown.push([title, body, tag]);
}"""


class PushedTo:
    """Stands in for the browser's push service: hands payloads to Ann's service worker, and sees what it shows."""

    def __init__(self, ann: Person) -> None:
        self._ann = ann
        self._session = ann.context.new_cdp_session(ann.context.new_page())
        self._registrations: list[dict[str, Any]] = []
        self._session.on(
            "ServiceWorker.workerRegistrationUpdated", lambda event: self._registrations.extend(event["registrations"])
        )
        self._session.send("ServiceWorker.enable")
        ann.wait_until(lambda: self._registrations)
        (self._worker,) = ann.context.service_workers
        self._worker.evaluate(RECORD)

    def push(self, **payload: Any) -> None:
        registration = self._registrations[-1]["registrationId"]
        data = {"origin": self._ann.address, "registrationId": registration, "data": json.dumps(payload)}
        self._session.send("ServiceWorker.deliverPushMessage", data)

    def shown(self) -> list[list[str]]:
        found: list[list[str]] = self._worker.evaluate("self.shown")
        return found


def test_a_push_is_shown_while_no_page_is_looked_at(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben")
    conversation = ann.open_chat_with(ben)
    ann.context.grant_permissions(["notifications"], origin=ann.address)
    ann.wait_for_offline_shell()
    pushed = PushedTo(ann)
    pushed.push(conversation=conversation, title="Ben", body="left to the page", count=1)
    ann.leave()
    pushed.push(conversation=conversation, title="Ben", body="one", count=1)
    ann.wait_until(lambda: pushed.shown() == [["Ben", "one", conversation]])
    pushed.push(conversation=conversation, title="Ben", body="two", count=2)
    ann.wait_until(lambda: pushed.shown() == [["Ben", "one", conversation], ["Ben", "two", conversation]])
