"""What administrators do about reports, and who is told what of it."""

from typing import Any

import pytest

from app.domain.errors import Conflict, NotFound
from app.models import Notice, Report, User
from app.models.messages import read_range
from app.sequencing.heads import find_head
from app.services.account_control import AccountControl
from app.services.account_search import AccountSearch
from app.services.accounts import Accounts
from app.services.conversation_control import ConversationControl
from app.services.conversation_search import ConversationSearch
from app.services.devices import Devices
from app.services.messages import Messages
from app.services.moderation import Moderation
from app.services.notices import Notices
from app.services.reports import Complaint, Reports
from tests.services.world import World

ROOT = "r" * 22
"""An administrator."""


@pytest.fixture
def notices(world: World) -> Notices:
    return Notices(world.publisher)


@pytest.fixture
def moderation(world: World, notices: Notices, monkeypatch: pytest.MonkeyPatch) -> Moderation:
    monkeypatch.setattr(world.publisher, "sign_out_devices", lambda devices, reason: None)
    nothing: Any = None
    log: Any = world
    control = AccountControl(Accounts(), Devices(world.redis, world.publisher), nothing, nothing, nothing)
    conversations = ConversationControl(world.redis, log, world.conversations, world.access, world.publisher)
    search = AccountSearch()
    return Moderation(notices, control, conversations, search, ConversationSearch(world.heads, search, 4))


@pytest.fixture
def reports(world: World) -> Reports:
    nothing: Any = None
    return Reports(Messages(world.redis, nothing, world.heads, world.access, world.conversations), world.limits)


@pytest.fixture
def reported(world: World, reports: Reports) -> tuple[str, str, str, str]:
    """Ada's report of what Ben wrote: its id, Ada, Ben, their chat."""
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    seq = world.say(conversation, ben, "buy this")
    id = reports.message(ada, conversation, seq, Complaint("spam", "so much of it"))["id"]
    world.publisher.clear()
    return id, ada, ben, conversation


Case = tuple[str, str, str, str]


def told(world: World, user: str) -> list[dict[str, Any]]:
    """The last list that the user's pages were told."""
    facts = world.publisher.facts(user, "notices_changed")
    return list(facts[-1]["notices"]) if facts else []


def test_one_is_at_it_at_a_time(moderation: Moderation, reported: Case) -> None:
    id = reported[0]
    moderation.take(id, ROOT)
    with pytest.raises(Conflict, match="Somebody else"):
        moderation.take(id, "s" * 22)
    moderation.give_back(id)
    with pytest.raises(Conflict):
        moderation.give_back(id)
    moderation.take(id, "s" * 22)
    assert Report.objects.get().taken_by == "s" * 22
    for verb in (moderation.give_back, moderation.about, moderation.file):
        with pytest.raises(NotFound):
            verb("a" * 22)


def test_a_message_is_removed_by_an_entry_and_the_kept_text_stays(
    world: World, moderation: Moderation, reported: Case
) -> None:
    id, ada, ben, conversation = reported
    moderation.remove(id, ROOT)
    first, last = read_range(conversation, 0, find_head(conversation))
    assert (last.kind, last.sender, last.target) == ("deleted", "administrator", 1)
    assert first.seen_by(ada)["deleted_by"] == "administrator"
    report = Report.objects.get()
    assert (report.state, report.taken_by, report.kept[0]["body"]) == ("taken", ROOT, "buy this")
    assert moderation.file(id).message == "deleted"
    moderation.remove(id, ROOT)  # asked again it is the same entry
    assert find_head(conversation) == 2
    assert moderation.close(id, ROOT) == "removed"
    assert [(one["about"], one["outcome"]) for one in told(world, ada)] == [("message", "removed")]
    assert told(world, ben) == []


def test_a_warning_is_told_once_and_stays_until_it_was_read(
    world: World, moderation: Moderation, notices: Notices, reported: Case
) -> None:
    id, ada, ben, _ = reported
    moderation.warn(id, ROOT, "Please stop.")
    moderation.warn(id, ROOT, "Please stop.")
    (warning,) = told(world, ben)
    assert (warning["kind"], warning["text"]) == ("warning", "Please stop.")
    assert notices.open_of(ben) == [warning]
    with pytest.raises(NotFound):
        notices.close(ada, warning["id"])
    notices.close(ben, warning["id"])
    assert (notices.open_of(ben), told(world, ben)) == ([], [])
    notices.close(ben, warning["id"])  # from another device
    (shown,) = moderation.file(id).warnings
    assert shown.closed_at is not None
    assert moderation.close(id, ROOT) == "acted"
    User.objects(id=ben).delete()
    reported_again = Report.objects.get()
    reported_again.update(set__state="open")
    with pytest.raises(Conflict):
        moderation.warn(id, ROOT, "You, too.")


def test_an_account_is_disabled_and_its_owner_stays_unnamed_to_the_reporter(
    world: World, moderation: Moderation, reported: Case
) -> None:
    id, ada, ben, _ = reported
    moderation.disable(id, ROOT)
    assert User.objects.get(id=ben).disabled_at is not None
    with pytest.raises(Conflict):
        moderation.disable(id, ROOT)
    with pytest.raises(Conflict, match="Close it"):
        moderation.dismiss(id, ROOT)
    moderation.close(id, ROOT)
    (notice,) = told(world, ada)
    assert (notice["outcome"], notice["text"]) == ("acted", "")


def test_dismissing_tells_the_reporter_and_a_closed_one_takes_nothing(
    world: World, moderation: Moderation, reported: Case
) -> None:
    id, ada, _, _ = reported
    with pytest.raises(Conflict, match="Dismiss it"):
        moderation.close(id, ROOT)
    moderation.dismiss(id, ROOT)
    assert [one["outcome"] for one in told(world, ada)] == ["dismissed"]
    for verb in (moderation.take, moderation.remove, moderation.disable, moderation.dismiss, moderation.close):
        with pytest.raises(Conflict, match="closed"):
            verb(id, ROOT)
    with pytest.raises(Conflict):
        moderation.warn(id, ROOT, "Late.")
    moderation.note(id, ROOT, "A note may come later.")
    assert [note["text"] for note in Report.objects.get().notes] == ["A note may come later."]


def test_what_is_reported_again_is_judged_anew_and_told_again(
    moderation: Moderation, notices: Notices, reports: Reports, reported: Case
) -> None:
    id, ada, _, conversation = reported
    moderation.warn(id, ROOT, "Please stop.")
    moderation.close(id, ROOT)
    reports.message(ada, conversation, 1, Complaint("hate"))
    with pytest.raises(Conflict):
        moderation.close(id, ROOT)
    moderation.dismiss(id, ROOT)
    assert [one["outcome"] for one in notices.open_of(ada)] == ["acted", "dismissed"]


def test_a_reporter_who_is_gone_is_told_nothing(world: World, moderation: Moderation, reported: Case) -> None:
    id, ada, _, _ = reported
    Report.objects.update(set__reporter="")
    moderation.dismiss(id, ROOT)
    assert told(world, ada) == []
    assert Notice.objects.count() == 0
    assert moderation.file(id).made == 0


def test_only_a_message_is_removed(world: World, moderation: Moderation, reports: Reports) -> None:
    ada, ben = world.people("Ada", "Ben")
    id = reports.person(ada, ben, Complaint("fraud"))["id"]
    with pytest.raises(Conflict):
        moderation.remove(id, ROOT)


def test_the_queue_is_filtered_searched_and_paged(world: World, moderation: Moderation, reports: Reports) -> None:
    ada, ben = world.person("Ada"), world.person("Ben", handle="benny")
    cleo = world.person("Cleo")
    chat = world.direct(ada, ben)
    for n in range(1, 54):
        world.say(chat, ben, f"message {n}")
        reports.message(ada, chat, n, Complaint("spam"))
    person = reports.person(cleo, ada, Complaint("hate"))["id"]
    first, following = moderation.find("open", "")
    assert (len(first), first[0].id) == (50, person)
    rest, end = moderation.find("open", "", following)
    assert (len(rest), end) == (4, None)
    assert len({one.id for one in [*first, *rest]}) == 54
    moderation.take(person, ROOT)
    assert [one.id for one in moderation.find("taken", "")[0]] == [person]
    assert [one.id for one in moderation.find(None, cleo)[0]] == [person]
    assert moderation.find("closed", "")[0] == []
    assert len(moderation.find("open", "@benny")[0]) == 50
    assert len(moderation.find("open", chat)[0]) == 50
    assert [one.id for one in moderation.find(None, person)[0]] == [person]
    assert moderation.find(None, "nobody")[0] == []
    file = moderation.file(first[-1].id)
    assert (len(file.others), file.made, file.dismissed) == (20, 53, 0)
    assert moderation.waiting() == 53
