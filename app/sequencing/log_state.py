"""What a committer knows of a conversation between batches: its end, its room and who may write."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import revisions
from app.domain.entries import REVISION_KINDS, Entry, Proposal
from app.domain.errors import ChatError, Invalid, NotFound
from app.domain.ids import message_id
from app.domain.membership import MEMBERSHIP_KINDS, change_of, refusal, roles_after
from app.domain.permissions import Role
from app.models.conversations import Conversation, Membership
from app.models.messages import messages, read_changes
from app.sequencing.heads import find_head
from app.sequencing.projection import project
from app.sequencing.targets import carry_out


@dataclass(frozen=True, slots=True)
class LogState:
    """``epoch`` is the version of the room (``app/realtime/rooms.py``); ``members`` are the keys of ``roles``."""

    head: int
    ordinal: int
    created_at: int
    group: bool
    epoch: int
    roles: Mapping[str, Role]
    members: frozenset[str]

    def refusal(self, proposal: Proposal, target: Entry | None = None) -> ChatError | None:
        """Why the proposal may not become an entry now; None: it may. ``target``: the entry it names, as it is now."""
        if proposal.sender not in self.members:
            return NotFound()
        if proposal.target is not None:
            told = (proposal.kind, proposal.sender, proposal.body)
            return revisions.refusal(*told, target, self.roles, group=self.group)
        if proposal.kind not in MEMBERSHIP_KINDS:
            return None
        if not self.group:
            return Invalid("Only groups have members that come and go.")
        return refusal(proposal.kind, proposal.sender, proposal.body, self.roles)

    def after(self, entry: Entry) -> "LogState":
        """What holds once ``entry`` is stored."""
        roles, members, epoch = self.roles, self.members, self.epoch
        if entry.kind in MEMBERSHIP_KINDS:
            change = change_of(entry.kind, entry.sender, entry.body)
            roles = roles_after(roles, change)
            members = frozenset(roles)
            epoch = entry.seq if change.gone is not None else epoch
        return LogState(entry.seq, entry.ordinal, entry.created_at, self.group, epoch, roles, members)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A proposal on its way into the log, by its index in the batch, and what holds once its entry is there."""

    index: int
    entry: Entry
    state: LogState


def load(conversation: str) -> LogState | None:
    """The state as MongoDB has it, at majority; None where there is no such conversation.

    What was stored by a committer which died before it carried it out, changes of members and revisions of texts, is
    carried out first.
    Every process that writes a conversation comes by here or has carried out everything itself, and the hint
    ``Conversation.head`` is raised only behind that: so what can be left over stands after the hint.
    """
    found = Conversation.objects(id=conversation).only("kind", "head", "epoch").first()
    if found is None:
        return None
    hint = found.head or 0
    head = find_head(conversation, hint)
    changes = read_changes(conversation, hint, head, MEMBERSHIP_KINDS | REVISION_KINDS) if head > hint else []
    carry_out([entry for entry in changes if entry.kind in REVISION_KINDS])
    left_over = [entry for entry in changes if entry.kind in MEMBERSHIP_KINDS]
    for entry in left_over:
        project(entry)
    last = messages().find_one({"_id": message_id(conversation, head)}) if head else None
    roles: dict[str, Role] = dict(Membership.objects(conversation=conversation, until_seq=None).scalar("user", "role"))
    gone = [entry.seq for entry in left_over if change_of(entry.kind, entry.sender, entry.body).gone is not None]
    return LogState(
        head=head,
        ordinal=last["o"] if last else 0,
        created_at=last["t"] if last else 0,
        group=found.kind == "group",
        epoch=max([found.epoch or 0, *gone]),
        roles=roles,
        members=frozenset(roles),
    )
