"""What a committer knows of a conversation between batches: its end, its room and who may write."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import freezing, operator, pins, retention, revisions
from app.domain.entries import PIN_KINDS, REVISION_KINDS, Entry, Proposal
from app.domain.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from app.domain.group_settings import DEFAULT, GroupSettings
from app.domain.ids import message_id
from app.domain.membership import MEMBERSHIP_KINDS, change_of, refusal, roles_after
from app.domain.permissions import Role
from app.models.conversations import Conversation, Membership
from app.models.messages import messages, read_changes
from app.sequencing.heads import find_head
from app.sequencing.pins import PINNING_KINDS
from app.sequencing.pins import carry_out as pin
from app.sequencing.projection import project
from app.sequencing.retention import carry_out as expire
from app.sequencing.targets import carry_out
from app.sequencing.threads import carry_out as count

LEFT_OVER_KINDS = MEMBERSHIP_KINDS | REVISION_KINDS | PIN_KINDS | {retention.KIND}
"""Kinds that a dead committer may have stored without carrying them out, beside replies."""


@dataclass(frozen=True, slots=True)
class LogState:
    """``epoch`` is the version of the room (``app/realtime/rooms.py``); ``members`` are the keys of ``roles``;
    ``pins`` are the numbers of what is pinned; ``frozen``: nobody may write; the texts up to the number ``expired`` are no
    longer kept."""

    head: int
    ordinal: int
    created_at: int
    group: bool
    epoch: int
    roles: Mapping[str, Role]
    members: frozenset[str]
    settings: GroupSettings = DEFAULT
    pins: frozenset[int] = frozenset()
    frozen: bool = False
    expired: int = 0

    def knows(self, sender: str) -> bool:
        """Is the sender a member, or whoever runs this Chatter?"""
        return sender in self.members or sender == operator.OPERATOR

    def refusal(self, proposal: Proposal, target: Entry | None = None) -> ChatError | None:
        """Why the proposal may not become an entry now; None: it may. ``target``: the entry it names, as it is now."""
        over = proposal.target is not None and proposal.target <= self.expired
        if proposal.sender == operator.OPERATOR:
            if proposal.kind == retention.KIND:
                return retention.refusal(proposal.target or 0, self.head, self.expired)
            return Conflict(retention.NOT_KEPT) if over else operator.refusal(proposal.kind, target)
        if proposal.kind == retention.KIND:
            return Forbidden()
        told = (proposal.kind, proposal.sender, proposal.body)
        if self.group:
            refused = refusal(*told, self.roles, self.settings)
            if refused is not None:
                return refused
        elif proposal.sender not in self.members:
            return NotFound()
        elif proposal.kind in MEMBERSHIP_KINDS:
            return Invalid("Only groups have members that come and go.")
        frozen = freezing.refusal(proposal.kind, frozen=self.frozen)
        if frozen is not None:
            return frozen
        if over and target is not None and target.kind == "text":
            return Conflict(retention.NOT_KEPT)
        if proposal.target is not None:
            return self._about_refused(proposal, proposal.target, target)
        return None

    def _about_refused(self, proposal: Proposal, seq: int, target: Entry | None) -> ChatError | None:
        told = (proposal.kind, proposal.sender, proposal.body)
        refused = revisions.refusal(*told, target, self.roles, group=self.group)
        if refused is not None or proposal.kind not in PIN_KINDS:
            return refused
        return pins.refusal(proposal.kind, seq, self.pins, self.roles[proposal.sender] if self.group else None)

    def after(self, entry: Entry) -> "LogState":
        """What holds once ``entry`` is stored."""
        roles, members, epoch, settings = self.roles, self.members, self.epoch, self.settings
        pinned = pins.pins_after(self.pins, entry) if entry.kind in PINNING_KINDS else self.pins
        if entry.kind in MEMBERSHIP_KINDS:
            change = change_of(entry.kind, entry.sender, entry.body)
            roles = roles_after(roles, change)
            members = frozenset(roles)
            epoch = entry.seq if change.gone is not None else epoch
            settings = settings.after(change.settings) if change.settings else settings
        seen = (entry.seq, entry.ordinal, entry.created_at)
        expired = max(self.expired, entry.target or 0) if entry.kind == retention.KIND else self.expired
        return LogState(*seen, self.group, epoch, roles, members, settings, pinned, self.frozen, expired)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A proposal on its way into the log, by its index in the batch, and what holds once its entry is there."""

    index: int
    entry: Entry
    state: LogState


def load(conversation: str) -> LogState | None:
    """The state as MongoDB has it, at majority; None where there is no such conversation.

    What was stored by a committer which died before it carried it out, changes of members, revisions of texts,
    pins and replies, is carried out first.
    Every process that writes a conversation comes by here or has carried out everything itself, and the hint
    ``Conversation.head`` is raised only behind that: so what can be left over stands after the hint.
    """
    found = _nature(conversation)
    if found is None:
        return None
    hint = found.head or 0
    head = find_head(conversation, hint)
    changes = read_changes(conversation, hint, head, LEFT_OVER_KINDS, replies=True) if head > hint else []
    carry_out([entry for entry in changes if entry.kind in REVISION_KINDS])
    pin(changes)
    count(changes)
    expire(changes)
    left_over = [entry for entry in changes if entry.kind in MEMBERSHIP_KINDS]
    for entry in left_over:
        project(entry)
    if changes:
        found = _nature(conversation) or found
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
        settings=GroupSettings.of(found.settings),
        pins=frozenset(one["seq"] for one in found.pins or ()),
        frozen=found.frozen_at is not None,
        expired=found.expired or 0,
    )


def _nature(conversation: str) -> Conversation | None:
    known = Conversation.objects(id=conversation).only(
        "kind", "head", "epoch", "settings", "pins", "frozen_at", "expired"
    )
    found: Conversation | None = known.first()
    return found
