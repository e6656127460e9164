"""What an administrator sees of conversations and does to them; never a word of what was said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.entries import Entry
from app.domain.ids import direct_key, new_id
from app.models import Conversation, Membership, User
from app.models.accounts import now
from app.models.messages import messages, to_document
from app.sequencing.log_state import load
from app.services.conversation_search import DAYS
from app.services.registry import services
from tests.blueprints.admin.test_users import assert_audited, id_of
from tests.blueprints.site import Browser

SECRET = "nobody who runs this reads that"
LIST = "/admin/conversations/"


def say(conversation: str, sender: str, seq: int, moment: datetime) -> None:
    at = int(moment.timestamp() * 1000)
    entry = Entry(conversation, seq, seq, "text", sender, new_id(), SECRET, at)
    messages().insert_one(to_document(entry, "hash"))


@pytest.fixture
def crew(cleo: Browser) -> str:
    """Cleo's group "Crew (Rowing)", in which something was said a day ago and today."""
    them = id_of(cleo)
    group = Conversation(kind="group", title="Crew (Rowing)", created_by=them).save()
    Membership(conversation=group.id, user=them, role="owner").save()
    gone = Membership(conversation=group.id, user=new_id(), until_seq=2).save()
    assert gone.until_seq == 2
    noon = datetime.combine(now().date(), datetime.min.time(), UTC)
    for seq, moment in enumerate((noon - timedelta(hours=30), noon - timedelta(hours=1), noon), start=1):
        say(group.id, them, seq, moment)
    return str(group.id)


def press(admin: Browser, conversation: str, verb: str, **fields: str) -> Any:
    return admin.submit(f"{LIST}{conversation}", f"{LIST}{conversation}/{verb}", **fields)


def test_they_are_found_by_title_id_and_member(admin: Browser, cleo: Browser, crew: str) -> None:
    me, them = id_of(admin), id_of(cleo)
    User.objects(id=them).update_one(set__handle="cleo")
    direct = Conversation(kind="direct", direct_key=direct_key(me, them), created_by=me).save()
    for user in (me, them):
        Membership(conversation=direct.id, user=user).save()
    cases: list[tuple[dict[str, str], set[str]]] = [
        ({}, {crew, direct.id}),
        ({"q": "crew (row"}, {crew}),
        ({"q": "crew.*"}, set()),
        ({"q": direct.id}, {direct.id}),
        ({"member": "@cleo"}, {crew, direct.id}),
        ({"member": me}, {direct.id}),
        ({"member": "nobody"}, set()),
        ({"kind": "group"}, {crew}),
        ({"kind": "direct", "member": "cleo"}, {direct.id}),
        ({"kind": "frozen"}, set()),
    ]
    for asked, expected in cases:
        page = admin.get(LIST, query_string=asked).text
        assert {id for id in (crew, direct.id) if f'href="{LIST}{id}"' in page} == expected, asked
    assert "Ada Lovelace and Cleo Clark" in admin.get(LIST, query_string={"q": direct.id}).text


def test_a_page_shows_who_and_how_much_and_not_what(admin: Browser, crew: str) -> None:
    page = admin.get(f"{LIST}{crew}").text
    for shown in (
        "Crew (Rowing)",
        "Cleo Clark",
        "<dt>Head</dt><dd>3</dd>",
        "<dt>Stored entries</dt><dd>3</dd>",
        "<dt>Former members</dt><dd>1</dd>",
    ):
        assert shown in page, shown
    assert SECRET not in page
    assert SECRET not in admin.get(LIST).text
    assert admin.get(LIST + "a" * 22).status_code == 404


def test_entries_are_counted_by_day(admin: Browser, crew: str) -> None:
    days = services().conversation_search.dossier(crew).days
    assert len(days) == DAYS
    assert [day.entries for day in days[-3:]] == [1, 1, 1]
    assert sum(day.entries for day in days) == 3
    assert days[-1].day == now().date()


def test_an_empty_conversation_has_a_page(admin: Browser) -> None:
    empty = Conversation(kind="group", created_by=id_of(admin)).save()
    assert admin.get(f"{LIST}{empty.id}").status_code == 200


def test_a_frozen_conversation_is_frozen_where_writing_is_judged(admin: Browser, cleo: Browser, crew: str) -> None:
    assert press(admin, crew, "freeze").status_code == 303
    assert_audited(id_of(admin), "conversation_frozen", crew)
    state = load(crew)
    assert state is not None and state.frozen
    assert services().conversations.view(id_of(cleo), crew)["frozen"] is True
    assert "frozen" in admin.get(f"{LIST}?kind=frozen").text
    assert press(admin, crew, "freeze").status_code == 303, "once more tells everybody once more"
    assert press(admin, crew, "unfreeze").status_code == 303
    assert_audited(id_of(admin), "conversation_unfrozen", crew)
    state = load(crew)
    assert state is not None and not state.frozen
    assert services().conversations.view(id_of(cleo), crew)["frozen"] is False


def test_freezing_keeps_the_moment(admin: Browser, crew: str) -> None:
    press(admin, crew, "freeze")
    first = Conversation.objects.get(id=crew).frozen_at
    press(admin, crew, "freeze")
    assert Conversation.objects.get(id=crew).frozen_at == first


def test_only_a_group_is_deleted_and_only_where_its_title_is_typed(admin: Browser, cleo: Browser, crew: str) -> None:
    me, them = id_of(admin), id_of(cleo)
    direct = Conversation(kind="direct", direct_key=direct_key(me, them), created_by=me).save()
    token_page = f"{LIST}{crew}"
    refused = admin.submit(token_page, f"{LIST}{direct.id}/delete", typed="x")
    assert refused.status_code == 409
    assert press(admin, crew, "delete", typed="Crew").status_code == 422
    assert_audited(me, "group_deleted", crew, "refused")
