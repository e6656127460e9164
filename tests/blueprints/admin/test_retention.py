"""The dashboard's page of how long messages are kept: shown before it is done, confirmed, written down, taken back."""

import re

import pytest

from app.admin.settings import INSTALLATION
from app.domain.ids import message_id
from app.models import Conversation, Installation
from app.models.messages import messages
from app.services.registry import services
from app.services.retention_policy import Policy
from tests.blueprints.admin.test_users import assert_audited, id_of
from tests.blueprints.site import Browser, Site

PAGE = "/admin/settings/"
PREVIEW = f"{PAGE}retention"
KEEP = f"{PAGE}{INSTALLATION}/keep"
TAKE_BACK = f"{PAGE}{INSTALLATION}/keep-back"


@pytest.fixture(autouse=True)
def installed(site: Site) -> None:
    Installation(id="installation", shard_count=4).save()


def test_it_is_shown_confirmed_written_down_and_taken_back(site: Site, admin: Browser) -> None:
    page = admin.get(PAGE).text
    assert "Messages are kept for ever." in page and TAKE_BACK not in page
    preview = admin.get(PREVIEW, query_string={"days": "30"}).text
    assert admin.get(PREVIEW, query_string={"days": "3651"}).status_code == 422
    assert "Keep messages for 30 days?" in preview and "No message is that old now." in preview
    assert services().retention.policy.current() == Policy(0), "to look changes nothing"

    assert admin.submit(f"{PREVIEW}?days=30", KEEP, days="30").status_code == 303
    assert assert_audited(id_of(admin), "retention_changed", INSTALLATION).details == {"days": 30, "before": 0}
    policy = services().retention.policy.current()
    assert (policy.days, policy.next_days, policy.deletes_after) == (0, 30, 0)
    page = " ".join(admin.get(f"{PAGE}?done=retention_changed").text.split())
    assert re.search(r"From <time[^>]*>[^<]+ UTC</time> on they are kept for 30 days\.", page)

    assert admin.submit(PAGE, TAKE_BACK).status_code == 303
    assert assert_audited(id_of(admin), "retention_taken_back", INSTALLATION).details == {"days": 30}
    assert services().retention.policy.current() == Policy(0)
    assert admin.submit(PAGE, KEEP, days="0").status_code == 409
    assert_audited(id_of(admin), "retention_changed", INSTALLATION, "refused")


@pytest.mark.parametrize("wrong", ["", "3651", "-1", "1e3", "٣", "30 "])
def test_what_is_no_number_of_days_changes_nothing(admin: Browser, wrong: str) -> None:
    assert admin.submit(PAGE, KEEP, days=wrong).status_code == 422
    assert_audited(id_of(admin), "retention_changed", INSTALLATION, "refused")
    assert services().retention.policy.current() == Policy(0)


def test_how_many_would_go_and_the_oldest(admin: Browser, member: Browser) -> None:
    me = id_of(member)
    conversation = Conversation(kind="direct", created_by=me).save().id
    moments = [1_700_000_000_000, 1_700_000_000_001]
    messages().insert_many(
        {"_id": message_id(conversation, seq), "c": conversation, "o": seq, "k": "text", "s": me, "i": str(seq), "b": "x",
         "h": "", "t": at}
        for seq, at in enumerate(moments, 1)
    )  # fmt: skip
    page = " ".join(admin.get(PREVIEW, query_string={"days": "30"}).text.split())
    assert "<dt>Messages that would go now</dt><dd>2</dd>" in page and "<dt>In conversations</dt><dd>1</dd>" in page
    assert "14 Nov 2023, 22:13 UTC" in page


def test_a_member_sees_nothing_of_it_and_changes_nothing(member: Browser) -> None:
    assert member.get(PREVIEW, query_string={"days": "30"}).status_code == 404
    for path in (KEEP, TAKE_BACK):
        assert member.submit("/settings/profile", path, days="30").status_code == 404
    assert services().retention.policy.current() == Policy(0)
