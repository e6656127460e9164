"""What administrators did stays for as long as the settings say, and no longer."""

from datetime import timedelta

import pytest

from app.domain.errors import Conflict
from app.models import AuditEvent
from app.models.accounts import now
from app.services.audit import COMMAND_LINE, Audit
from tests.services.world import World


def written(subject: str, age: timedelta, outcome: str = "done") -> None:
    AuditEvent(actor="x", action="role_changed", subject=subject, outcome=outcome, at=now() - age).save()


def left() -> set[str]:
    return set(AuditEvent.objects.scalar("subject"))


def test_what_is_older_than_its_days_goes_however_it_ended(world: World) -> None:
    audit, days = Audit(90), timedelta(days=90)
    for outcome in ("begun", "done", "refused", "failed"):
        written(f"old {outcome}", days + timedelta(minutes=1), outcome)
        written(f"kept {outcome}", days - timedelta(minutes=1), outcome)
    assert audit.sweep() == 4
    assert left() == {"kept begun", "kept done", "kept refused", "kept failed"}
    assert audit.sweep() == 0, "any number of workers may"


def test_the_days_are_the_settings(world: World) -> None:
    written("of last year", timedelta(days=200))
    assert Audit(400).sweep() == 0
    assert left() == {"of last year"}
    assert Audit(199).sweep() == 1
    assert left() == set()


def test_what_is_done_during_a_sweep_is_written_down_to_its_end(world: World) -> None:
    audit = Audit(90)
    with pytest.raises(Conflict), audit.carrying_out(COMMAND_LINE, "role_changed", "now"):
        assert audit.sweep() == 0
        raise Conflict("No.")
    assert AuditEvent.objects.get().outcome == "refused"
