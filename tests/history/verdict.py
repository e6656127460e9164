"""What a check says: violations, what is left unproven, and the run's numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """``invariant`` is I1 to I13 (the promise is broken) or P1 to P6 (the run is no proof of it)."""

    invariant: str
    text: str
    evidence: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use, and what it must reach to count."""

    min_acks: int = 1_000
    end_within_s: float = 30.0
    max_stream_length: int = 5_000
    max_rss_bytes: int = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Healing:
    """Seconds from the last ``healed``; None: no healing was recorded, or it never came to an end."""

    answers_s: float | None
    sessions_s: float | None

    @property
    def in_words(self) -> str:
        """Until both were done; a dash if that is not known."""
        if self.answers_s is None or self.sessions_s is None:
            return "–"
        return f"{max(self.answers_s, self.sessions_s):.1f} s"


@dataclass(frozen=True, slots=True)
class Report:
    """``acknowledged`` and ``retries`` count messages and repeated attempts, ``applied`` entries in sessions."""

    violations: list[Violation]
    unproven: list[Violation]
    acknowledged: int
    attempts: int
    retries: int
    applied: int
    healing: Healing

    @property
    def passed(self) -> bool:
        """All invariants hold, and the run was hard enough for that to mean something."""
        return not self.violations and not self.unproven

    @property
    def in_words(self) -> str:
        """A run that broke nothing and proves nothing is neither passed nor failed."""
        return "failed" if self.violations else "unproven" if self.unproven else "passed"
