"""The audit log as administrators read it: the newest first, filtered, page by page, and unchangeable."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models import AuditEvent, User
from app.services.cursors import PAGE
from app.services.registry import services
from tests.blueprints.admin.test_guard import routes
from tests.blueprints.admin.test_users import do, id_of
from tests.blueprints.site import Browser, Site

LINE = '<li class="py-3">'


def events_on(admin: Browser, **asked: str) -> str:
    answer = admin.get("/admin/audit/", query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_what_was_done_stands_there_in_words(admin: Browser, cleo: Browser) -> None:
    do(admin, cleo, "disable")
    page = events_on(admin)
    for shown in ("Disabled an account", "Ada Lovelace", "Cleo Clark", "from 127.0.0.1", "devices: 1"):
        assert shown in page, shown


def test_what_was_refused_says_so(admin: Browser, cleo: Browser) -> None:
    do(admin, cleo, "keep")
    page = events_on(admin)
    assert ">refused<" in page
    assert "not to be deleted" in page


def test_what_began_and_is_not_known_to_have_ended_says_so(admin: Browser) -> None:
    AuditEvent(actor=id_of(admin), action="account_disabled", subject="a" * 22, outcome="begun").save()
    assert "not known to have ended" in events_on(admin)


def test_it_is_filtered_by_who_what_whom_and_when(site: Site, admin: Browser, cleo: Browser) -> None:
    me, them = id_of(admin), id_of(cleo)
    User.objects(id=them).update_one(set__handle="cleo")
    old = datetime(2026, 1, 10, 23, 59, tzinfo=UTC)
    AuditEvent(actor="command line", action="role_changed", subject=me, at=old).save()
    AuditEvent(actor=me, action="account_disabled", subject=them, at=old + timedelta(minutes=1)).save()
    AuditEvent(actor=me, action="account_enabled", subject=them, at=old + timedelta(days=3)).save()
    expected = {
        "actor": {"command line": 1, me: 2, "cleo": 0},
        "subject": {"@cleo": 2, them: 2, me: 1},
        "action": {"account_disabled": 1, "export_asked": 0},
        "since": {"2026-01-11": 2, "2026-01-14": 0},
        "until": {"2026-01-10": 1, "2026-01-11": 2, "2026-01-09": 0},
    }
    for field, cases in expected.items():
        for value, count in cases.items():
            assert events_on(admin, **{field: value}).count(LINE) == count, f"{field}={value}"
    both = events_on(admin, since="2026-01-11", until="2026-01-11", action="account_disabled")
    assert both.count(LINE) == 1


def test_pages_follow_each_other_without_a_hole_or_a_double(site: Site) -> None:
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    count = 2 * PAGE + 7
    # Many at the same millisecond: the time alone does not say where a page ended.
    AuditEvent.objects.insert(
        [
            AuditEvent(actor="x", action="role_changed", subject=str(n), at=moment + timedelta(days=n // 60))
            for n in range(count)
        ]
    )
    from app.services.audit import Wanted

    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page, cursor = services().audit.page(Wanted(), cursor)
        seen += [event.subject for event in page]
        AuditEvent(actor="x", action="role_changed", subject="new").save()  # what comes meanwhile stands before it all
    assert cursor is None
    assert sorted(seen, key=int) == [str(n) for n in range(count)]
    assert len(seen) == len(set(seen))


def test_the_page_leads_to_the_next_with_the_same_filter(admin: Browser) -> None:
    AuditEvent.objects.insert([AuditEvent(actor="x", action="role_changed", subject="y") for _ in range(PAGE + 1)])
    page = events_on(admin, actor="x", action="role_changed")
    assert page.count(LINE) == PAGE
    following = page.split('<a class="button button-plain mt-5" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "actor=x" in following
    assert admin.get(following).text.count(LINE) == 1


def test_the_page_says_how_long_it_is_kept(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Kept for 400 days" in events_on(admin)
    monkeypatch.setattr(services().audit, "kept_days", 120)
    assert "Kept for 120 days" in events_on(admin)


def test_nothing_changes_it(site: Site) -> None:
    assert {method for method, path in routes(site.app) if path.startswith("/admin/audit")} == {"GET"}
