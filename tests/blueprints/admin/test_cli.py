"""`flask --app wsgi admin …`: the first administrator is made on the command line, and it is written down."""

import pytest
from click.testing import Result

from app.models import AuditEvent, User
from tests.blueprints.admin.test_users import id_of
from tests.blueprints.site import Browser, Site


def run(site: Site, *arguments: str) -> Result:
    return site.app.test_cli_runner().invoke(args=["admin", *arguments])


@pytest.mark.parametrize("who", ["+44 7400 222333", "07400 222333", "@the_cleo", "The_Cleo", "7cleo"])
def test_somebody_becomes_an_administrator_by_handle_or_number(site: Site, cleo: Browser, who: str) -> None:
    handle = "7cleo" if who == "7cleo" else "the_cleo"
    User.objects(id=id_of(cleo)).update_one(set__handle=handle)
    answer = run(site, "grant", who)
    assert answer.exit_code == 0, answer.output
    assert "Cleo Clark" in answer.output
    assert User.objects.get(id=id_of(cleo)).role == "admin"
    assert cleo.get("/admin/people/").status_code == 200
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.subject) == ("command line", "role_changed", id_of(cleo))
    assert (event.outcome, event.details) == ("done", {"role": "admin"})


def test_the_list_names_them(site: Site, cleo: Browser) -> None:
    assert run(site, "list").output == ""
    run(site, "grant", "07400 222333")
    assert id_of(cleo) in run(site, "list").output


def test_refusals_are_one_sentence_and_an_exit_code(site: Site, cleo: Browser, member: Browser) -> None:
    assert (run(site, "grant", "@nobody_here").exit_code, AuditEvent.objects.count()) == (1, 0)
    run(site, "grant", "07400 222333")
    twice = run(site, "grant", "07400 222333")
    assert twice.exit_code == 1
    assert "already" in twice.output
    assert "Traceback" not in twice.output


def test_the_last_one_keeps_the_role(site: Site, cleo: Browser, member: Browser) -> None:
    run(site, "grant", "07400 222333")
    refused = run(site, "revoke", "07400 222333")
    assert refused.exit_code == 1
    assert "only administrator" in refused.output
    assert User.objects.get(id=id_of(cleo)).role == "admin"
    assert AuditEvent.objects(outcome="refused").count() == 1
    run(site, "grant", "07400 654321")
    assert run(site, "revoke", "07400 222333").exit_code == 0
    assert User.objects.get(id=id_of(cleo)).role == "member"
