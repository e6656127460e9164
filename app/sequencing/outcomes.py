"""What became of a proposal, and how a committer tells who waits (one pub/sub note per process and batch)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.domain.entries import Entry, Proposal, Receipt
from app.domain.errors import ChatError, ClientIdReused, Conflict, Forbidden, Invalid, NotFound
from app.sequencing.log_state import LogState

_REFUSALS: dict[str, type[ChatError]] = {
    error.code: error for error in (ClientIdReused, Conflict, Forbidden, Invalid, NotFound)
}


@dataclass(frozen=True, slots=True)
class Stored:
    """The entry a proposal became, now (``fresh``) or at an earlier try.

    ``state``: what held right after it, and so who is to hear it; None: what holds now.
    """

    proposal: Proposal
    entry: Entry
    fresh: bool
    state: LogState | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that will never be stored. It leaves no hole."""

    proposal: Proposal
    error: ChatError


Outcome = Stored | Refused


def encode_outcomes(outcomes: Sequence[Outcome]) -> str:
    """JSON list of ``{conversation, sender, client_id, seq, ordinal, created_at}`` or ``{…, refusal}``."""
    return orjson.dumps([_encode(outcome) for outcome in outcomes]).decode()


def _encode(outcome: Outcome) -> dict[str, Any]:
    proposal = outcome.proposal
    note: dict[str, Any] = {
        "conversation": proposal.conversation,
        "sender": proposal.sender,
        "client_id": proposal.client_id,
    }
    if isinstance(outcome, Stored):
        entry = outcome.entry
        return note | {"seq": entry.seq, "ordinal": entry.ordinal, "created_at": entry.created_at}
    return note | {"refusal": outcome.error.to_wire()}


def decode_outcome(note: dict[str, Any]) -> Receipt | ChatError:
    """The receipt or the refusal in one note."""
    refusal = note.get("refusal")
    if refusal is None:
        return Receipt(note["conversation"], note["client_id"], note["seq"], note["ordinal"], note["created_at"])
    kind = _REFUSALS.get(refusal["code"], Invalid)
    return kind(refusal["message"], **refusal.get("details", {}))
