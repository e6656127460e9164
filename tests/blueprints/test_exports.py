"""The copy of one's data in a browser's session: for its owner, looked at anew, and for no program that guesses."""

import io
from zipfile import ZipFile

import pytest

from app.models import Device
from app.models.accounts import now
from app.services.registry import services
from tests.blueprints.site import Browser, Site

ADA, BOB = "07400 123456", "07400 654321"
FILE = "/api/v1/me/export/file"


@pytest.fixture
def ada(visitor: Browser) -> Browser:
    """Signed in, with a copy that is done."""
    visitor.sign_in(ADA)
    assert visitor.fetch("POST", "/api/v1/me/export").status_code == 202
    job = services().jobs.claim("worker")
    assert job is not None
    services().exports.make(job)
    return visitor


def test_it_is_handed_to_its_owner(site: Site, ada: Browser) -> None:
    answer = ada.fetch("GET", FILE)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"
    assert answer.content_length == len(answer.data)
    assert ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert site.browser().fetch("GET", FILE).status_code == 401
    bob = site.browser().sign_in(BOB, name="Bob")
    assert bob.fetch("GET", FILE).status_code == 404
    assert bob.fetch("DELETE", "/api/v1/me/export").status_code == 204
    assert ada.fetch("GET", FILE).status_code == 200, "that was not his to delete"


def test_who_asks_is_looked_at_anew(ada: Browser) -> None:
    assert ada.fetch("GET", "/api/v1/me").status_code == 200
    Device.objects.update(set__signed_out_at=now())  # elsewhere, and the note of it is lost
    assert ada.fetch("GET", "/api/v1/me").status_code == 200, "this process still remembers the device"
    assert ada.fetch("GET", FILE).status_code == 401


def test_asking_needs_the_page_s_token(ada: Browser) -> None:
    for method in ("POST", "DELETE"):
        answer = ada.client.open("/api/v1/me/export", method=method, headers={"Accept": "application/json"})
        assert answer.status_code == 403
    assert ada.fetch("GET", "/api/v1/me/export").get_json()["state"] == "done"
