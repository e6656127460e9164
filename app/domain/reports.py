"""What is reported of messages and people, and what comes of it. Pure data."""

from typing import Literal

Reason = Literal["spam", "harassment", "hate", "violence", "sexual", "fraud", "impersonation", "other"]
REASONS: dict[Reason, str] = {
    "spam": "Spam or advertising",
    "harassment": "Harassment or bullying",
    "hate": "Hate",
    "violence": "Violence or threats",
    "sexual": "Sexual content",
    "fraud": "Fraud",
    "impersonation": "Pretends to be somebody else",
    "other": "Something else",
}
"""Each in the words that the dashboard shows."""
ReportKind = Literal["message", "person"]
ReportState = Literal["open", "taken", "closed"]
Outcome = Literal["removed", "acted", "dismissed"]
"""What whoever reported is told: the message is gone, something else was done, or nothing. What was done to a person is not
theirs to know."""

NOTE_CHARACTERS = 1_000
WARNING_CHARACTERS = 1_000
AROUND = 3
"""So many messages before the reported one, and as many after it, go along where whoever reports agrees."""


def outcome_of(actions: list[str]) -> Outcome:
    """What a report came to by these actions: ``warned``, ``removed``, ``disabled``."""
    if not actions:
        return "dismissed"
    return "removed" if "removed" in actions else "acted"
