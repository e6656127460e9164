"""The dashboard's pages of reports: what is shown, that looking is written down, and every action with it."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Degraded
from app.domain.ids import direct_key, new_id
from app.models import AuditEvent, Conversation, Membership, Notice, Report, User
from app.models.accounts import now
from app.services.limits import BUCKETS, Bucket
from app.services.registry import services
from tests.blueprints.admin.test_guard import become_stale
from tests.blueprints.admin.test_users import assert_audited, id_of
from tests.blueprints.site import Browser, Site

LIST = "/admin/reports/"
SAID = "buy my snake oil"


def press(admin: Browser, report: str, verb: str, **fields: str) -> Any:
    return admin.submit(f"{LIST}{report}", f"{LIST}{report}/{verb}", **fields)


def events(report: str) -> list[tuple[str, str]]:
    """What is written down of the report, the oldest first."""
    found = AuditEvent.objects(__raw__={"$or": [{"subject": report}, {"details.page": report}]}).order_by("at", "id")
    return [(event.action, event.outcome) for event in found]


@pytest.fixture
def report(admin: Browser, member: Browser, cleo: Browser) -> str:
    """Bob's report of what Cleo wrote to him."""
    bob, them = id_of(member), id_of(cleo)
    chat = Conversation(kind="direct", direct_key=direct_key(bob, them), created_by=bob).save()
    for user in (bob, them):
        Membership(conversation=chat.id, user=user).save()
    kept = {"body": SAID, "created_at": now() - timedelta(hours=1), "edited_at": None, "at": now()}
    beside = {"seq": 6, "sender": bob, "body": "no, thank you", "created_at": now(), "edited_at": None}
    made = Report(
        id=new_id(),
        kind="message",
        reporter=bob,
        person=them,
        conversation=chat.id,
        seq=7,
        reason="fraud",
        note="every day",
        kept=[kept],
        around=[beside],
    )
    return str(made.save(force_insert=True).id)


def test_the_queue_names_people_and_reasons_and_no_text(admin: Browser, report: str) -> None:
    page = admin.get(LIST).text
    for shown in ("Cleo Clark", "Bob Babbage", "Fraud", f'href="{LIST}{report}"'):
        assert shown in page, shown
    for hidden in (SAID, "every day", "no, thank you"):
        assert hidden not in page
    assert "None." in admin.get(f"{LIST}?state=closed").text
    assert "None." in admin.get(f"{LIST}?q=nobody").text
    assert "None." in admin.get(f"{LIST}?state=all&q={id_of(admin)}").text
    assert admin.get(f"{LIST}?state=odd").status_code == 422
    assert AuditEvent.objects.count() == 0, "nobody looked at one"


def test_each_look_is_written_down_before_it_is_shown(
    admin: Browser, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = admin.get(f"{LIST}{report}").text
    for shown in (SAID, "every day", "no, thank you", "Cleo Clark", "Bob Babbage", "(1 report, 0 dismissed)"):
        assert shown in page, shown
    assert_audited(id_of(admin), "report_looked_at", report)
    admin.get(f"{LIST}{report}")
    assert events(report) == [("report_looked_at", "done")] * 2
    assert "a report" in admin.get(f"/admin/audit/?subject={report}").text

    def broken(*_: Any, **__: Any) -> Any:
        raise Degraded

    monkeypatch.setattr(services().audit.__class__, "carrying_out", broken)
    refused = admin.get(f"{LIST}{report}")
    assert refused.status_code == 503 and SAID not in refused.text


def test_every_page_says_how_many_wait_and_open_ones_ask(admin: Browser, report: str) -> None:
    def waiting() -> int:
        written = AuditEvent.objects.count()
        answer = admin.fetch("GET", f"{LIST}waiting")
        assert answer.status_code == 200, answer.text
        assert AuditEvent.objects.count() == written, "nobody looked at one"
        shown = int(admin.get("/admin/people/").text.split('data-part="number">')[1].split("<")[0])
        assert answer.get_json() == {"waiting": shown}
        return shown

    assert waiting() == 1
    press(admin, report, "take")
    assert waiting() == 0
    press(admin, report, "give-back")
    assert waiting() == 1
    press(admin, report, "dismiss")
    assert waiting() == 0


def test_who_asks_how_many_wait_is_guarded_as_the_pages_are(
    site: Site, admin: Browser, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BUCKETS, "dashboard", Bucket(2, 0.001))
    assert [admin.fetch("GET", f"{LIST}waiting").status_code for _ in range(3)] == [200, 200, 429]
    become_stale(site)
    stale = admin.fetch("GET", f"{LIST}waiting")
    assert (stale.status_code, stale.get_json()["code"]) == (403, "confirm_first")
    User.objects(id=id_of(admin)).update_one(set__role="member")
    assert admin.fetch("GET", f"{LIST}waiting").status_code == 404
    assert site.browser().fetch("GET", f"{LIST}waiting").status_code == 401


def test_what_is_nowhere_is_not_found(admin: Browser) -> None:
    assert admin.get(f"{LIST}{'a' * 22}").status_code == 404


def test_taking_giving_back_and_notes_are_written_down(admin: Browser, report: str) -> None:
    me = id_of(admin)
    assert press(admin, report, "take").status_code == 303
    assert_audited(me, "report_taken", report)
    assert Report.objects.get().taken_by == me
    assert f'href="{LIST}{report}"' in admin.get(f"{LIST}?state=taken").text
    assert press(admin, report, "note", text="  seen before\x00 ").status_code == 303
    event = assert_audited(me, "report_noted", report)
    assert event.details == {}
    (note,) = Report.objects.get().notes
    assert (note["text"], note["by"]) == ("seen before", me)
    assert "seen before" in admin.get(f"{LIST}{report}").text
    assert press(admin, report, "give-back").status_code == 303
    assert_audited(me, "report_given_back", report)


def test_a_warning_is_written_down_with_whom_and_seen_by_them(admin: Browser, cleo: Browser, report: str) -> None:
    me, them = id_of(admin), id_of(cleo)
    assert press(admin, report, "warn", text="Please stop.").status_code == 303
    event = assert_audited(me, "person_warned", them)
    assert event.details == {"page": report}
    (told,) = cleo.fetch("GET", "/api/v1/bootstrap").get_json()["notices"]
    assert (told["kind"], told["text"]) == ("warning", "Please stop.")
    assert "not read yet" in admin.get(f"{LIST}{report}").text
    assert cleo.fetch("POST", f"/api/v1/me/notices/{told['id']}/closing").status_code == 204
    assert "not read yet" not in admin.get(f"{LIST}{report}").text
    assert cleo.fetch("GET", "/api/v1/me/notices").get_json() == {"notices": []}
    page = admin.get(f"/admin/audit/?subject={them}").text
    assert "Warned somebody" in page and f'href="{LIST}{report}"' in page


@pytest.mark.parametrize("text", ["", "   ", "x" * 1_001])
def test_a_warning_or_note_without_words_or_too_many_is_refused(admin: Browser, report: str, text: str) -> None:
    for verb, action in (("warn", "person_warned"), ("note", "report_noted")):
        assert press(admin, report, verb, text=text).status_code == 422
        assert (action, "refused") in events(report)
    assert Notice.objects.count() == 0


def test_disabling_is_written_down_with_whom(admin: Browser, cleo: Browser, report: str) -> None:
    me, them = id_of(admin), id_of(cleo)
    assert press(admin, report, "disable").status_code == 303
    event = assert_audited(me, "account_disabled", them)
    assert event.details == {"page": report, "devices": 1}
    assert User.objects.get(id=them).disabled_at is not None
    assert press(admin, report, "dismiss").status_code == 409
    assert press(admin, report, "close").status_code == 303
    event = assert_audited(me, "report_closed", report)
    assert event.details == {"outcome": "acted"}


def test_an_administrator_is_not_disabled_and_the_refusal_is_written_down(
    admin: Browser, cleo: Browser, report: str
) -> None:
    User.objects(id=id_of(cleo)).update_one(set__role="admin")
    assert press(admin, report, "disable").status_code == 409
    assert ("account_disabled", "refused") in events(report)
    assert Report.objects.get().actions == []


def test_dismissing_tells_the_reporter(admin: Browser, member: Browser, report: str) -> None:
    assert press(admin, report, "close").status_code == 409
    assert press(admin, report, "dismiss").status_code == 303
    assert_audited(id_of(admin), "report_dismissed", report)
    (told,) = member.fetch("GET", "/api/v1/me/notices").get_json()["notices"]
    assert (told["kind"], told["about"], told["outcome"]) == ("report", "message", "dismissed")
    assert press(admin, report, "take").status_code == 409


def test_a_removal_goes_to_the_log_and_what_it_says_is_written_down(
    admin: Browser, cleo: Browser, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no committer here, so it is not known yet whether it is stored; the browser's tests see it carried out."""
    asked: list[tuple[str, int]] = []

    def submitted(_: Any, conversation: str, seq: int) -> None:
        asked.append((conversation, seq))

    monkeypatch.setattr(services().messages.__class__, "remove_as_operator", submitted)
    assert press(admin, report, "remove").status_code == 303
    event = assert_audited(id_of(admin), "message_removed", id_of(cleo))
    assert event.details == {"page": report}
    assert asked == [(Report.objects.get().conversation, 7)]


def test_every_action_of_the_page_is_one_that_is_written_down(site: Site) -> None:
    marked = {
        rule.rule.rsplit("/", 1)[-1]: getattr(site.app.view_functions[rule.endpoint], "chatter_audited", None)
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith(LIST) and "POST" in (rule.methods or set())
    }
    assert marked == {
        "take": "report_taken",
        "give-back": "report_given_back",
        "note": "report_noted",
        "warn": "person_warned",
        "remove": "message_removed",
        "disable": "account_disabled",
        "dismiss": "report_dismissed",
        "close": "report_closed",
    }


def test_a_member_reports_nothing_about_themselves_and_reads_no_others_notices(member: Browser, cleo: Browser) -> None:
    me = id_of(member)
    assert member.fetch("POST", f"/api/v1/people/{me}/report", json={"reason": "hate"}).status_code == 422
    Notice(id="n" * 22, user=id_of(cleo), kind="warning", text="Please stop.").save()
    assert member.fetch("GET", "/api/v1/me/notices").get_json() == {"notices": []}
    assert member.fetch("POST", f"/api/v1/me/notices/{'n' * 22}/closing").status_code == 404
    assert Notice.objects.get().closed_at is None
