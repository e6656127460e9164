"""The dashboard's page of the log: what it shows and never shows, and that what is done there is written down."""

import uuid

import pytest

from app.domain.entries import Proposal
from app.models import AuditEvent, Conversation, DeadLetter, Membership
from app.models.messages import messages
from app.sequencing import keys
from app.sequencing.dead_letters import put_aside
from app.services import log_console
from tests.blueprints.admin.test_conversations import crew
from tests.blueprints.admin.test_users import assert_audited, id_of
from tests.blueprints.site import Browser, Site

__all__ = ["crew"]
LIST = "/admin/log/"
SECRET = "nobody who runs this reads that either"


@pytest.fixture
def letter(cleo: Browser) -> tuple[str, str]:
    """A dead letter of Cleo's: its conversation and its id."""
    them = id_of(cleo)
    group = Conversation(kind="group", title="Crew", created_by=them).save()
    Membership(conversation=group.id, user=them, role="owner").save()
    put_aside(Proposal(group.id, them, str(uuid.uuid4()), "text", SECRET, "hash"), "document too large")
    return str(group.id), str(DeadLetter.objects.get().id)


def test_shards_processes_and_letters_are_shown_and_no_text(
    site: Site, admin: Browser, letter: tuple[str, str]
) -> None:
    site.redis.set(keys.lease(0), "server-1-77-abc:12")
    site.redis.hset(keys.lease_meta(0), "epoch", 12)
    site.redis.hset(
        keys.PROCESSES,
        "server-1-77-abc",
        f'{{"role":"web","server":"server-1","sockets":41,"at":{site.redis.time()[0]}}}',
    )
    page = admin.get(LIST).text
    for shown in ("server-1-77-abc", ">12<", ">41<", "nobody", "document too large", "Cleo Clark", letter[0]):
        assert shown in page, shown
    assert SECRET not in page
    assert AuditEvent.objects.count() == 0


def test_a_letter_is_discarded_and_that_is_written_down(admin: Browser, letter: tuple[str, str]) -> None:
    conversation, id = letter
    assert admin.submit(LIST, f"{LIST}{conversation}/discard", letter="0" * 24).status_code == 404
    assert admin.submit(LIST, f"{LIST}{conversation}/discard", letter="x").status_code == 422
    assert DeadLetter.objects.count() == 1
    assert admin.submit(LIST, f"{LIST}{conversation}/discard", letter=id).status_code == 303
    event = assert_audited(id_of(admin), "letter_discarded", conversation)
    assert event.details == {"letter": id}
    assert DeadLetter.objects.count() == 0


def test_an_old_letter_is_not_tried_again_and_the_refusal_is_written_down(
    admin: Browser, letter: tuple[str, str]
) -> None:
    conversation, id = letter
    DeadLetter._get_collection().update_many({}, {"$unset": {"proposal": ""}})
    page = admin.get(LIST).text
    assert "not kept whole" in page and "/retry" not in page
    assert admin.submit(LIST, f"{LIST}{conversation}/retry", letter=id).status_code == 409
    assert_audited(id_of(admin), "letter_retried", conversation, "refused")
    assert DeadLetter.objects.count() == 1


def test_a_log_is_verified_and_that_is_written_down(admin: Browser, crew: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = admin.get(f"{LIST}?conversation=%20{crew}").text
    assert "It is whole:" in page and "entries 1 to 3" in page
    event = assert_audited(id_of(admin), "log_verified", crew)
    assert event.details == {"entries": 3, "problems": 0}
    messages().delete_one({"_id": f"{crew}:{2:010d}"})
    page = admin.get(f"{LIST}?conversation={crew}").text
    assert "entry 2 is missing" in page and "It is whole" not in page
    assert assert_audited(id_of(admin), "log_verified", crew).details["problems"] >= 1
    monkeypatch.setattr(log_console, "MOST_ENTRIES", 0)
    assert admin.get(f"{LIST}?conversation={crew}").status_code == 409
    assert_audited(id_of(admin), "log_verified", crew, "refused")


@pytest.mark.parametrize("wanted", ["nowhere", "a" * 22])
def test_there_is_no_verdict_of_what_is_nowhere(admin: Browser, wanted: str) -> None:
    answer = admin.get(f"{LIST}?conversation={wanted}")
    assert answer.status_code == 404
    assert "There is no such conversation." in answer.text and "It is whole" not in answer.text
