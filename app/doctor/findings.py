"""What a check finds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pymongo.database import Database
from redis import Redis

from config import Settings

State = Literal["ok", "warning", "wrong"]
EXIT_CODES: dict[State, int] = {"ok": 0, "warning": 1, "wrong": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it is, and in words why, with what to do."""

    check: str
    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined."""

    settings: Settings
    redis: Redis
    database: Database[dict[str, Any]]


Check = Callable[[Patient], tuple[State, str]]
