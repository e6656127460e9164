"""What is said is read in the dashboard only where whoever runs the processes allows it, and never without being written down."""

from collections.abc import Iterator

import pytest

from app.domain.entries import Entry
from app.domain.ids import new_id
from app.models import AuditEvent, Conversation, User
from app.models.messages import messages, to_document
from app.sequencing.targets import carry_out
from app.services.conversation_reading import PAGE_ENTRIES
from tests.blueprints.admin.conftest import ADA
from tests.blueprints.admin.test_conversations import LIST, SECRET
from tests.blueprints.admin.test_users import id_of
from tests.blueprints.site import Browser, Site, build_site, settings_for

SPAN = PAGE_ENTRIES + 2


@pytest.fixture
def open_site(stores: tuple[str, str]) -> Iterator[Site]:
    site = build_site(settings_for(*stores, ADMIN_READS_MESSAGES="true"))
    yield site
    site.redis.close()


def administrator(site: Site) -> Browser:
    browser = site.browser().sign_in(ADA)
    User.objects(id=id_of(browser)).update_one(set__role="admin")
    site.forget_devices()
    return browser


def talk(admin: Browser) -> str:
    """A group in which the administrator said much, long ago."""
    me = id_of(admin)
    group = str(Conversation(kind="group", title="Crew", created_by=me).save().id)
    texts = [(seq, f"{SECRET} {seq}.") for seq in range(1, SPAN + 1)]
    entries = [Entry(group, seq, seq, "text", me, new_id(), text, seq) for seq, text in texts]
    messages().insert_many([to_document(entry, "hash") for entry in entries])
    return group


def looks(group: str) -> list[dict[str, int]]:
    return [event.details for event in AuditEvent.objects(action="messages_read", subject=group).order_by("at")]


def test_by_default_nobody_reads(site: Site) -> None:
    admin = administrator(site)
    group = talk(admin)
    assert admin.get(f"{LIST}{group}/messages").status_code == 404
    assert "Read the messages" not in admin.get(f"{LIST}{group}").text
    assert looks(group) == []
    assert "can read what is said" not in admin.get("/settings/privacy").text


def test_everybody_is_told_that_administrators_may_read(open_site: Site) -> None:
    assert "can read what is said" in open_site.browser().sign_in(ADA).get("/settings/privacy").text


def test_who_may_read_does_so_a_passage_at_a_time_and_each_is_written_down(open_site: Site) -> None:
    admin = administrator(open_site)
    group = talk(admin)
    assert "Read the messages" in admin.get(f"{LIST}{group}").text
    last = admin.get(f"{LIST}{group}/messages").text
    assert f"{SECRET} {SPAN}." in last
    assert f"{SECRET} 2." not in last
    assert "?before=3" in last
    first = admin.get(f"{LIST}{group}/messages?before=3").text
    assert f"{SECRET} 1." in first and f"{SECRET} 2." in first
    assert f"{SECRET} 3." not in first
    assert "Earlier" not in first
    assert looks(group) == [{"from": 3, "to": SPAN}, {"from": 1, "to": 2}]


def test_what_was_deleted_or_is_no_longer_kept_is_not_shown(open_site: Site) -> None:
    admin = administrator(open_site)
    group = talk(admin)
    deletion = Entry(group, SPAN + 1, SPAN, "deleted", id_of(admin), new_id(), "", SPAN + 1, target=SPAN)
    messages().insert_one(to_document(deletion, "hash"))
    carry_out([deletion])
    Conversation.objects(id=group).update_one(set__expired=SPAN - 1)
    page = admin.get(f"{LIST}{group}/messages").text
    assert SECRET not in page
    for shown in (">deleted<", f">deleted {SPAN}<", ">no longer kept<"):
        assert shown in page, shown


def test_nonsense_is_refused_and_no_look(open_site: Site) -> None:
    admin = administrator(open_site)
    group = talk(admin)
    assert admin.get(f"{LIST}{group}/messages?before=0").status_code == 422
    assert admin.get(f"{LIST}{group}/messages?before=x").status_code == 422
    assert admin.get(f"{LIST}{'a' * 22}/messages").status_code == 404
    assert looks(group) == []
