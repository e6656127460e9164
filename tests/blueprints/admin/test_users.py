"""What an administrator does to accounts: each change works, is written to the audit log, and is refused where it must be."""

from datetime import timedelta
from typing import Any

import pytest

from app.models import AuditEvent, Device, Job, Passkey, User
from app.models.accounts import now
from app.services.accounts import DISABLED
from app.services.registry import services
from tests.blueprints.admin.conftest import CLEO
from tests.blueprints.admin.test_guard import changes
from tests.blueprints.site import Browser, Site, csrf_token_on


def do(admin: Browser, browser: Browser | str, verb: str, **fields: str) -> Any:
    """Press a button on somebody's page."""
    them = browser if isinstance(browser, str) else id_of(browser)
    return admin.submit(f"/admin/people/{them}", f"/admin/people/{them}/{verb}", **fields)


def id_of(browser: Browser) -> str:
    return str(browser.me()["id"])


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-at", "-id").first()


def assert_audited(admin: str, action: str, subject: str, outcome: str = "done") -> AuditEvent:
    event = last_event()
    assert (event.actor, event.action, event.subject, event.outcome) == (admin, action, subject, outcome)
    assert event.address == "127.0.0.1"
    return event


def test_everybody_is_found_by_name_handle_number_and_id(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    User.objects(id=them).update_one(set__handle="the_cleo")
    for text in ("clark", "CLEO C", "@the_cleo", "the_cl", "07400 222333", "+44 7400 222", them):
        page = admin.get("/admin/people/", query_string={"q": text}).text
        assert f'href="/admin/people/{them}"' in page, text
        assert f'href="/admin/people/{id_of(admin)}"' not in page, text
    assert "Nobody." in admin.get("/admin/people/?q=.*").text, "what is typed is no pattern"
    assert "Nobody." in admin.get("/admin/people/?q=%2B00").text


def test_lists_go_on_where_a_page_ends(admin: Browser) -> None:
    same = now()
    User.objects.insert([User(name=f"Person {n:03d}", created_at=same) for n in range(120)])
    seen: list[str] = []
    path = "/admin/people/?q=Person"
    for _ in range(3):
        page = admin.get(path).text
        seen += [line.split('"')[0] for line in page.split('href="/admin/people/')[1:] if line[22:23] == '"']
        if "Older" not in page:
            break
        path = page.split('<a class="button button-plain mt-5" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120


def test_states_filter(admin: Browser, cleo: Browser) -> None:
    them, me = id_of(cleo), id_of(admin)
    for state, there, not_there in (
        ("admins", me, them),
        ("all", them, "no such thing"),
        ("disabled", "Nobody.", them),
    ):
        page = admin.get(f"/admin/people/?state={state}").text
        assert there in page
        assert not_there not in page


def test_a_page_shows_the_account_and_no_message(admin: Browser, cleo: Browser) -> None:
    page = admin.get(f"/admin/people/{id_of(cleo)}").text
    for shown in ("Cleo Clark", "+447400222333", "Firefox on Linux", "not linked", id_of(cleo)):
        assert shown in page, shown
    assert admin.get("/admin/people/" + "a" * 22).status_code == 404


def test_who_is_disabled_is_out_at_once_and_comes_in_by_no_way(site: Site, admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    token = cleo.fetch("POST", "/api/v1/session/token").get_json()["access_token"]
    devices = [device.id for device in Device.objects(user=them)]
    Device.objects(user=them).update(set__push_subscription={"endpoint": "https://push.example/1"})

    assert do(admin, them, "disable").status_code == 303

    assert assert_audited(id_of(admin), "account_disabled", them).details == {"devices": len(devices)}
    assert sorted(site.publisher.signed_out) == sorted(devices), "their sockets are closed"
    assert services().devices.alive(devices) == set()
    assert Device.objects(user=them, push_subscription__exists=True).count() == 0
    assert cleo.fetch("GET", "/api/v1/me").status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert site.app.test_client().get("/api/v1/me", headers=bearer).status_code == 401
    again = site.browser()
    again.ask_for_code(CLEO)
    refused = again.submit("/sign-in/code", "/sign-in/code", code=again.code())
    assert refused.status_code == 403
    assert DISABLED in refused.text


def test_who_is_enabled_comes_in_again(site: Site, admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    do(admin, them, "disable")
    assert "Nobody can sign in to this account." in admin.get(f"/admin/people/{them}").text
    assert do(admin, them, "enable").status_code == 303
    assert_audited(id_of(admin), "account_enabled", them)
    assert site.browser().sign_in(CLEO, name="").me()["id"] == them


def test_what_is_done_already_is_refused_and_written_down(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    refused = do(admin, them, "enable")
    assert refused.status_code == 409
    assert "not disabled" in refused.text
    assert "reason" in assert_audited(id_of(admin), "account_enabled", them, "refused").details
    do(admin, them, "disable")
    assert do(admin, them, "disable").status_code == 409


def test_an_account_that_is_being_deleted_is_not_enabled(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    past = now() - timedelta(seconds=1)
    User.objects(id=them).update_one(set__disabled_at=past, set__deletion_at=past)
    assert do(admin, them, "enable").status_code == 409
    assert User.objects.get(id=them).disabled_at is not None


def test_administrators_are_neither_disabled_nor_deleted(admin: Browser, cleo: Browser) -> None:
    for them in (id_of(admin), id_of(cleo)):
        User.objects(id=them).update_one(set__role="admin")
        for verb, fields in (("disable", {}), ("delete", {}), ("delete-now", {"typed": them})):
            assert do(admin, them, verb, **fields).status_code == 409, verb
            assert last_event().outcome == "refused"
        account = User.objects.get(id=them)
        assert (account.disabled_at, account.deletion_at) == (None, None)


def test_roles_change_and_somebody_always_has_the_role(admin: Browser, cleo: Browser) -> None:
    me, them = id_of(admin), id_of(cleo)
    refused = do(admin, me, "role", role="member")
    assert (refused.status_code, User.objects.get(id=me).role) == (409, "admin")
    assert do(admin, them, "role", role="admin").status_code == 303
    assert assert_audited(me, "role_changed", them).details == {"role": "admin"}
    assert cleo.get("/admin/people/").status_code == 200
    assert do(admin, them, "role", role="owner").status_code == 422
    assert do(cleo, me, "role", role="member").status_code == 303
    assert admin.get("/admin/people/").status_code == 404


def test_a_disabled_account_does_not_become_an_administrators(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    do(admin, them, "disable")
    assert do(admin, them, "role", role="admin").status_code == 404
    assert User.objects.get(id=them).role == "member"


def test_somebody_is_signed_out_everywhere(site: Site, admin: Browser, cleo: Browser) -> None:
    them, other = id_of(cleo), site.browser().sign_in(CLEO, name="")
    assert do(admin, them, "sign-out").status_code == 303
    assert assert_audited(id_of(admin), "signed_out_everywhere", them).details == {"devices": 2}
    assert cleo.fetch("GET", "/api/v1/me").status_code == other.fetch("GET", "/api/v1/me").status_code == 401
    assert site.browser().sign_in(CLEO, name="").me()["id"] == them


def test_ways_in_are_taken_away_and_one_always_stays(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    assert do(admin, them, "google/unlink").status_code == 409
    User.objects(id=them).update_one(set__google_sub="g-1", set__email="cleo@example.org")
    assert do(admin, them, "google/unlink").status_code == 303
    assert_audited(id_of(admin), "google_unlinked", them)
    User.objects(id=them).update_one(set__google_sub="g-1", unset__phone=True)
    assert do(admin, them, "google/unlink").status_code == 409
    assert User.objects.get(id=them).google_sub == "g-1"

    assert do(admin, them, "passkeys/remove").status_code == 409
    for n in range(2):
        Passkey(user=them, credential=f"c{n}", public_key=b"k").save()
    assert do(admin, them, "passkeys/remove").status_code == 303
    assert assert_audited(id_of(admin), "passkeys_removed", them).details == {"passkeys": 2}
    assert Passkey.objects(user=them).count() == 0


def test_a_copy_is_asked_for(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    assert do(admin, them, "export").status_code == 303
    assert_audited(id_of(admin), "export_asked", them)
    assert Job.objects.get(id=f"export:{them}").state == "waiting"
    assert do(admin, them, "export").status_code == 409


def test_an_account_is_deleted_in_a_week_or_kept(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    assert do(admin, them, "keep").status_code == 409
    assert do(admin, them, "delete").status_code == 303
    event = assert_audited(id_of(admin), "deletion_asked", them)
    due = User.objects.get(id=them).deletion_at
    assert now() + timedelta(days=6) < due < now() + timedelta(days=8)
    assert event.details == {"on": f"{due:%Y-%m-%d}"}
    assert do(admin, them, "keep").status_code == 303
    assert User.objects.get(id=them).deletion_at is None


def test_an_account_is_deleted_at_once_where_its_name_is_typed(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    assert do(admin, them, "delete").status_code == 303
    assert do(admin, them, "delete-now", typed="Cleo").status_code == 422
    assert Job.objects.get(id=f"deletion:{them}").due_at > now() + timedelta(days=6)
    assert do(admin, them, "delete-now", typed="cleo clark ").status_code == 303
    assert_audited(id_of(admin), "deleted_at_once", them)
    assert cleo.fetch("GET", "/api/v1/me").status_code == 401
    job = services().jobs.claim("worker")
    assert job is not None, "a week has not to pass"
    services().erasure.carry_out(job)
    assert User.objects(id=them).first() is None
    assert admin.get(f"/admin/people/{them}").status_code == 404


def test_a_disabled_account_can_be_deleted_at_once(admin: Browser, cleo: Browser) -> None:
    them = id_of(cleo)
    do(admin, them, "disable")
    assert do(admin, them, "delete").status_code == 409
    assert do(admin, them, "delete-now", typed="Cleo Clark").status_code == 303
    job = services().jobs.claim("worker")
    assert job is not None
    services().erasure.carry_out(job)
    assert User.objects(id=them).first() is None


def test_whatever_is_tried_is_written_down(site: Site, admin: Browser, cleo: Browser) -> None:
    """Every route that changes something, as the application lists them: each leaves one event, done or refused."""
    them = id_of(cleo)
    token = csrf_token_on(admin.get(f"/admin/people/{them}"))
    for n, path in enumerate(changes(site.app, them), start=1):
        admin.client.post(path, data={"csrf_token": token}, headers=admin.headers)
        assert AuditEvent.objects.count() == n, path
        event = last_event()
        assert (event.actor, event.subject) == (id_of(admin), them), path
        assert event.outcome in ("done", "refused"), path
        User.objects(id=them).update_one(unset__deletion_at=True, unset__disabled_at=True)


def test_nothing_is_done_that_cannot_be_written_down(
    admin: Browser, cleo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymongo.errors import AutoReconnect

    def away(*_: Any, **__: Any) -> None:
        raise AutoReconnect("the audit log cannot be written")

    them = id_of(cleo)
    monkeypatch.setattr(AuditEvent, "save", away)
    assert do(admin, them, "disable").status_code == 503
    assert User.objects.get(id=them).disabled_at is None


def test_what_breaks_is_written_down_as_failed(admin: Browser, cleo: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def broken(user: str) -> None:
        calls.append(user)
        raise TypeError("a bug")

    them = id_of(cleo)
    monkeypatch.setattr(type(services().account_control), "sign_out", lambda self, user: broken(user))
    assert do(admin, them, "sign-out").status_code == 500
    assert calls == [them], "and is not tried again"
    assert assert_audited(id_of(admin), "signed_out_everywhere", them, "failed").details == {"reason": "TypeError"}
