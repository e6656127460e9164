"""Who may do what in a group, and what an entry about members does."""

import pytest

from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.domain.group_settings import GroupSettings, SettingsChange
from app.domain.membership import GROUP_MEMBERS, Change, change_of, refusal, roles_after
from app.domain.permissions import Role

ROLES: dict[str, Role] = {"olga": "owner", "ada": "admin", "alf": "admin", "max": "member", "mia": "member"}

MAY = [
    ("olga", "added", "new"),
    ("ada", "added", "new max"),
    ("olga", "removed", "ada"),
    ("olga", "removed", "max"),
    ("ada", "removed", "max"),
    ("ada", "left", ""),
    ("max", "left", ""),
    ("olga", "role", "max admin"),
    ("olga", "role", "ada member"),
    ("olga", "role", "max owner"),
    ("ada", "role", "max admin"),
    ("olga", "titled", "New"),
    ("ada", "titled", "New"),
    ("max", "text", "hello"),
    ("ada", "described", "What we do"),
    ("ada", "described", ""),
    ("olga", "pictured", "p" * 22),
    ("ada", "pictured", ""),
    ("ada", "settings", '{"posts":"admins"}'),
    ("olga", "closed", ""),
    ("stranger", "joined", "olga"),
]

MAY_NOT = [
    ("max", "added", "new", Forbidden),
    ("ada", "added", "max mia", Conflict),
    ("max", "removed", "mia", Forbidden),
    ("max", "removed", "max", Forbidden),
    ("ada", "removed", "alf", Forbidden),
    ("ada", "removed", "olga", Forbidden),
    ("olga", "removed", "olga", Forbidden),
    ("ada", "removed", "stranger", Conflict),
    ("olga", "left", "", Forbidden),
    ("ada", "role", "alf member", Forbidden),
    ("ada", "role", "max owner", Forbidden),
    ("max", "role", "mia admin", Forbidden),
    ("ada", "role", "ada member", Conflict),
    ("olga", "role", "olga member", Conflict),
    ("olga", "role", "ada admin", Conflict),
    ("olga", "role", "stranger admin", Conflict),
    ("olga", "role", "max emperor", Invalid),
    ("max", "titled", "New", Forbidden),
    ("stranger", "removed", "max", NotFound),
    ("max", "described", "What we do", Forbidden),
    ("ada", "described", "x" * 501, Invalid),
    ("max", "pictured", "", Forbidden),
    ("ada", "pictured", "../../etc", Invalid),
    ("max", "settings", '{"posts":"everyone"}', Forbidden),
    ("ada", "settings", '{"slow_seconds":31}', Invalid),
    ("ada", "settings", '{"slow_seconds":false}', Invalid),
    ("ada", "settings", "{}", Invalid),
    ("ada", "closed", "", Forbidden),
    ("max", "closed", "", Forbidden),
    ("max", "joined", "olga", Conflict),
    ("stranger", "closed", "", NotFound),
    ("stranger", "text", "hello", NotFound),
]


@pytest.mark.parametrize(("sender", "kind", "body"), MAY)
def test_what_is_allowed(sender: str, kind: str, body: str) -> None:
    assert refusal(kind, sender, body, ROLES) is None


@pytest.mark.parametrize(("sender", "kind", "body", "error"), MAY_NOT)
def test_what_is_refused_and_how(sender: str, kind: str, body: str, error: type[Exception]) -> None:
    assert type(refusal(kind, sender, body, ROLES)) is error


def test_the_last_one_may_leave_as_owner() -> None:
    assert refusal("left", "olga", "", {"olga": "owner"}) is None


def test_where_only_admins_write_the_others_are_told() -> None:
    quiet = GroupSettings(posts="admins")
    told = refusal("text", "max", "hello", ROLES, quiet)
    assert isinstance(told, Forbidden) and told.message == "Only admins write here."
    assert refusal("text", "ada", "hello", ROLES, quiet) is None


def test_where_everyone_adds_a_member_does_and_still_removes_nobody() -> None:
    open_to_all = GroupSettings(adds="everyone")
    assert refusal("added", "max", "new", ROLES, open_to_all) is None
    assert isinstance(refusal("removed", "max", "mia", ROLES, open_to_all), Forbidden)


def test_a_full_group_takes_nobody_in_by_whichever_way() -> None:
    full: dict[str, Role] = ROLES | {f"m{n}": "member" for n in range(GROUP_MEMBERS - len(ROLES) - 1)}
    assert refusal("added", "ada", "one", full) is None
    assert isinstance(refusal("added", "ada", "one two", full), Conflict)
    full["one"] = "member"
    assert isinstance(refusal("added", "ada", "two", full), Conflict)
    assert isinstance(refusal("joined", "two", "ada", full), Conflict)


def test_nobody_joins_a_group_that_nobody_is_in() -> None:
    assert isinstance(refusal("joined", "max", "olga", {}), NotFound)


def test_a_change_of_settings_leaves_the_others_as_they_are_and_is_one_text() -> None:
    change = SettingsChange(slow_seconds=30, adds="everyone")
    assert change.to_body() == '{"adds":"everyone","slow_seconds":30}'
    assert SettingsChange.parse(change.to_body()) == change
    after = GroupSettings(posts="admins").after(change)
    assert after == GroupSettings(posts="admins", adds="everyone", slow_seconds=30)
    assert GroupSettings.of(after.to_wire()) == after and GroupSettings.of(None) == GroupSettings()


def test_what_each_kind_does() -> None:
    assert change_of("added", "ada", "new old") == Change(joined=("new", "old"))
    assert change_of("removed", "ada", "max") == Change(gone="max")
    assert change_of("left", "max", "") == Change(gone="max")
    assert change_of("titled", "ada", "New") == Change(title="New")
    assert change_of("joined", "new", "ada") == Change(joined=("new",))
    assert change_of("described", "ada", "") == Change(description="")
    assert change_of("pictured", "ada", "p") == Change(photo="p")
    assert change_of("settings", "ada", '{"posts":"admins"}') == Change(settings=SettingsChange(posts="admins"))
    assert change_of("closed", "olga", "") == Change(closed=True)
    assert change_of("text", "ada", "hello") == Change()


def test_roles_after() -> None:
    assert roles_after(ROLES, change_of("added", "ada", "new ada")) == ROLES | {"new": "member"}
    assert "max" not in roles_after(ROLES, change_of("removed", "ada", "max"))
    assert roles_after(ROLES, change_of("closed", "olga", "")) == {}
    handed_over = roles_after(ROLES, change_of("role", "olga", "max owner"))
    assert handed_over == ROLES | {"max": "owner", "olga": "admin"}
