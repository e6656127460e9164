"""The dashboard's page of what is allowed: changed, written down, and held to at the door and where groups are made."""

import uuid

import pytest

from app.admin.settings import INSTALLATION
from app.domain.switches import Switches
from app.models import Installation
from app.services.registry import services
from tests.blueprints.admin.test_users import assert_audited, id_of
from tests.blueprints.site import Browser, Site

PAGE = "/admin/settings/"
CHANGE = f"{PAGE}{INSTALLATION}/change"


@pytest.fixture(autouse=True)
def installed(site: Site) -> None:
    Installation(id="installation", shard_count=4).save()


def test_it_is_changed_written_down_and_held_to(site: Site, admin: Browser, member: Browser) -> None:
    assert member.fetch("GET", "/api/v1/bootstrap").get_json()["me"]["makes_groups"] is True
    assert admin.submit(PAGE, CHANGE, sign_up="closed", groups="admins", group_members="20").status_code == 303
    event = assert_audited(id_of(admin), "settings_changed", INSTALLATION)
    assert event.details == {"sign_up": "closed", "groups": "admins", "group_members": "20"}
    assert services().switches.current() == Switches(sign_up=False, groups="admins", group_members=20)
    page = admin.get(f"{PAGE}?done=settings_changed").text
    assert 'value="closed" checked' in page and 'value="admins" checked' in page

    assert member.fetch("GET", "/api/v1/bootstrap").get_json()["me"]["makes_groups"] is False
    assert admin.fetch("GET", "/api/v1/bootstrap").get_json()["me"]["makes_groups"] is True
    body = {"title": "Crew", "users": [], "client_id": str(uuid.uuid4())}
    refused = member.fetch("POST", "/api/v1/groups", json=body)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")

    stranger = site.browser()
    stranger.ask_for_code("07400 777888")
    answer = stranger.submit("/sign-in/code", "/sign-in/code", code=stranger.code())
    assert answer.status_code == 403 and "Nobody new is let in" in answer.text
    assert site.browser().sign_in("07400 654321", name="").me()["name"] == "Bob Babbage"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sign_up": "maybe"},
        {"groups": "nobody"},
        {"more": "than that"},
        {"group_members": "1"},
        {"group_members": "1001"},
        {"group_members": "many"},
    ],
)
def test_what_is_not_understood_changes_nothing(admin: Browser, wrong: dict[str, str]) -> None:
    sent = {"sign_up": "closed", "groups": "admins", "group_members": "20", **wrong}
    assert admin.submit(PAGE, CHANGE, **sent).status_code == 422
    assert_audited(id_of(admin), "settings_changed", INSTALLATION, "refused")
    assert services().switches.current() == Switches()
