"""What MongoDB refused is kept whole, and stored after all as it was accepted, or discarded."""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from redis import Redis

from app.domain.commands import entry_hash
from app.domain.entries import Proposal, Receipt
from app.domain.errors import Conflict, Invalid, NotAMember, NotFound
from app.models import DeadLetter, Membership
from app.models.messages import messages, read_range
from app.sequencing.dead_letters import proposal_of, put_aside
from app.sequencing.heads import Heads, find_head
from app.sequencing.sequencer import Sequencer
from app.services.figures import Figures
from app.services.log_console import LogConsole
from app.services.presence import Presence
from tests.sequencing.conftest import SHARDS, Log, Process
from tests.services.world import RecordingPublisher


class Resubmitting:
    """The door into the log, as ``Messages`` is one."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer

    def resubmit(self, proposal: Proposal) -> Receipt:
        return self._sequencer.submit(proposal)


@pytest.fixture
def console(redis: Redis, start_process: Callable[..., Process]) -> LogConsole:
    publisher = RecordingPublisher()
    presence = Presence(redis, "server", publisher, publisher.visibility)
    messages: Any = Resubmitting(start_process("worker-1").sequencer)
    return LogConsole(redis, Heads(redis, SHARDS), messages, Figures(redis, presence, SHARDS), SHARDS)


def the_letter(console: LogConsole) -> Any:
    (letter,), following = console.letters()
    assert following is None
    return letter


def reply(log: Log, **more: Any) -> Proposal:
    """A reply to the first entry, which one of the two must not see."""
    hidden_from = (log.members[1],)
    return replace(
        log.proposal("a reply", **more), hidden_from=hidden_from, target=1, hash=entry_hash("text", "a reply", 1)
    )


def test_all_of_it_is_kept(log: Log) -> None:
    for proposal in (
        reply(log),
        replace(log.proposal("said elsewhere"), forwarded=True),
        replace(log.proposal("x" * 23_000), kind="added"),
    ):
        refused = put_aside(proposal, "too large")
        assert isinstance(refused, Invalid)
        letter = DeadLetter.objects.get(client_id=proposal.client_id)
        assert proposal_of(letter) == proposal
        assert abs(letter.created_at / 1000 - time.time()) < 60


def test_what_is_too_large_to_keep_is_never_taken_for_the_whole(log: Log) -> None:
    put_aside(log.proposal("x" * 64_001), "too large")
    letter = DeadLetter.objects.get()
    assert (len(letter.payload), proposal_of(letter)) == (64_000, None)


def test_it_is_stored_after_all_as_it_was_accepted(log: Log, console: LogConsole) -> None:
    first = log.proposal("first")
    put_aside(first, "refused by a bug")
    assert console.retry(log.conversation, the_letter(console).id) == 1
    proposal = reply(log)
    put_aside(proposal, "refused by a bug")
    assert console.retry(log.conversation, the_letter(console).id) == 2
    assert DeadLetter.objects.count() == 0
    _, entry = read_range(log.conversation, 0, 2)
    told = (entry.sender, entry.client_id, entry.body, entry.target, entry.hidden_from)
    assert told == (proposal.sender, proposal.client_id, "a reply", 1, (log.members[1],))


def test_one_that_is_stored_already_gets_no_second_number(log: Log, console: LogConsole) -> None:
    proposal = log.proposal("once")
    for _ in range(2):
        put_aside(proposal, "the answer was lost")
        assert console.retry(log.conversation, the_letter(console).id) == 1
    assert find_head(log.conversation) == 1


def test_what_is_refused_again_stays(log: Log, console: LogConsole) -> None:
    put_aside(log.proposal("from somebody who left"), "refused")
    Membership.objects(conversation=log.conversation, user=log.members[0]).delete()
    with pytest.raises((NotFound, NotAMember)):
        console.retry(log.conversation, the_letter(console).id)
    assert find_head(log.conversation) == 0
    assert DeadLetter.objects.count() == 1


def test_one_of_an_older_version_is_discarded_and_not_guessed(log: Log, console: LogConsole) -> None:
    DeadLetter(
        conversation=log.conversation, sender=log.members[0], client_id=str(uuid.uuid4()), kind="text", payload="hi"
    ).save()
    letter = the_letter(console)
    assert (letter.whole, letter.characters) == (False, 2)
    with pytest.raises(Conflict):
        console.retry(log.conversation, letter.id)
    for conversation, id, error in (("a" * 22, letter.id, NotFound), (log.conversation, "x", Invalid)):
        with pytest.raises(error):
            console.discard(conversation, id)
    console.discard(log.conversation, letter.id)
    assert (DeadLetter.objects.count(), find_head(log.conversation)) == (0, 0)


def test_shards_are_listed_with_who_commits_them(console: LogConsole) -> None:
    deadline = time.monotonic() + 10
    while any(lease.process is None for lease in console.leases()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    leases = console.leases()
    assert [(lease.shard, lease.process) for lease in leases] == [(0, "worker-1"), (1, "worker-1")]
    assert all(lease.epoch >= 1 for lease in leases)


def test_pages_of_letters_follow_each_other(log: Log, console: LogConsole) -> None:
    for n in range(53):
        put_aside(log.proposal(f"letter {n}"), "refused")
    first, following = console.letters()
    rest, end = console.letters(following)
    assert (len(first), len(rest), end) == (50, 3, None)
    assert len({one.id for one in [*first, *rest]}) == 53


def test_a_log_is_verified_with_a_verdict(log: Log, console: LogConsole) -> None:
    for n in range(3):
        put_aside(log.proposal(f"entry {n}"), "refused")
        console.retry(log.conversation, the_letter(console).id)
    verdict = console.verify(log.conversation)
    assert (verdict.head, verdict.problems) == (3, [])
    messages().delete_one({"_id": f"{log.conversation}:{2:010d}"})
    assert any("entry 2 is missing" in problem for problem in console.verify(log.conversation).problems)
    with pytest.raises(NotFound):
        console.verify("a" * 22)
