"""Who may do what in a group, and what an entry about members does."""

import pytest

from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.domain.membership import Change, change_of, refusal, roles_after
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


def test_what_each_kind_does() -> None:
    assert change_of("added", "ada", "new old") == Change(joined=("new", "old"))
    assert change_of("removed", "ada", "max") == Change(gone="max")
    assert change_of("left", "max", "") == Change(gone="max")
    assert change_of("titled", "ada", "New") == Change(title="New")
    assert change_of("text", "ada", "hello") == Change()


def test_roles_after() -> None:
    assert roles_after(ROLES, change_of("added", "ada", "new ada")) == ROLES | {"new": "member"}
    assert "max" not in roles_after(ROLES, change_of("removed", "ada", "max"))
    handed_over = roles_after(ROLES, change_of("role", "olga", "max owner"))
    assert handed_over == ROLES | {"max": "owner", "olga": "admin"}
