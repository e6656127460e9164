"""The dashboard's pages of announcements: written, seen, published, withdrawn; each of it written down."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.ids import new_id
from app.models import Announcement, AuditEvent
from app.models.accounts import now
from tests.blueprints.admin.test_users import assert_audited, id_of
from tests.blueprints.site import Browser

LIST = "/admin/announcements/"
TOMORROW = f"{now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
TEXT = "Away tonight <b>from 22:00</b> on."


def write(admin: Browser, id: str, **fields: str) -> Any:
    sent = {"text": TEXT, "level": "important", "begins": "", "ends": TOMORROW, **fields}
    return admin.submit(LIST, f"{LIST}{id}/write", **sent)


@pytest.fixture
def written(admin: Browser) -> str:
    id = new_id()
    assert write(admin, id).status_code == 303
    return id


def test_it_is_written_seen_published_and_withdrawn(admin: Browser, member: Browser, written: str) -> None:
    me = id_of(admin)
    event = assert_audited(me, "announcement_written", written)
    assert (event.details["text"], event.details["level"]) == (TEXT, "important")
    page = admin.get(f"{LIST}{written}").text
    assert "Away tonight &lt;b&gt;from 22:00&lt;/b&gt; on." in page and "<b>from 22:00" not in page
    assert 'data-level="important"' in page and "not published" in page
    assert member.fetch("GET", "/api/v1/announcements").get_json()["announcements"] == []

    assert admin.submit(f"{LIST}{written}", f"{LIST}{written}/publish").status_code == 303
    assert_audited(me, "announcement_published", written)
    (told,) = member.fetch("GET", "/api/v1/bootstrap").get_json()["announcements"]
    assert (told["id"], told["text"], told["level"]) == (written, TEXT, "important")
    assert member.fetch("POST", f"/api/v1/announcements/{written}/closing").status_code == 204
    assert member.fetch("GET", "/api/v1/bootstrap").get_json()["announcements_closed"] == [written]
    assert member.fetch("GET", "/api/v1/announcements").get_json()["closed"] == [written]
    assert admin.fetch("GET", "/api/v1/bootstrap").get_json()["announcements_closed"] == []

    assert write(admin, written, text="Other words.").status_code == 409
    assert admin.submit(f"{LIST}{written}", f"{LIST}{written}/withdraw").status_code == 303
    assert_audited(me, "announcement_withdrawn", written)
    assert member.fetch("GET", "/api/v1/announcements").get_json()["announcements"] == []
    assert "withdrawn" in admin.get(LIST).text


def test_a_draft_is_changed(admin: Browser, written: str) -> None:
    assert (
        write(admin, written, text="Better words.", level="urgent", begins=TOMORROW[:-5] + "00:00").status_code == 303
    )
    one = Announcement.objects.get()
    assert (one.text, one.level, one.begins_at is not None) == ("Better words.", "urgent", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "  "},
        {"text": "x" * 501},
        {"level": "loud"},
        {"ends": ""},
        {"ends": "tomorrow"},
        {"ends": "2020-01-01T00:00"},
        {"begins": "2999-01-01T00:00"},
        {"more": "than that"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays_in_the_form(admin: Browser, wrong: dict[str, str]) -> None:
    answer = write(admin, new_id(), **wrong)
    assert answer.status_code == 422
    kept = wrong.get("text", "Away tonight &lt;b&gt;from 22:00&lt;/b&gt; on.").strip()[:400]
    assert kept in answer.text
    assert Announcement.objects.count() == 0
    assert AuditEvent.objects.order_by("-at").first().outcome == "refused"


def test_what_is_nowhere_is_not_found(admin: Browser) -> None:
    assert admin.get(f"{LIST}{'a' * 22}").status_code == 404
    for verb in ("publish", "withdraw"):
        assert admin.submit(LIST, f"{LIST}{'a' * 22}/{verb}").status_code == 404
