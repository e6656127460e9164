"""What a group lets its members do, and how an entry says that this changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.domain.errors import Invalid
from app.domain.retention import MOST_DAYS


def _number(value: Any) -> Any:
    if isinstance(value, bool):  # which Python counts as 0 and 1
        raise ValueError("is not a number")
    return value


NumberOnly = BeforeValidator(_number)
Whose = Literal["everyone", "admins"]
SlowSeconds = Annotated[Literal[0, 10, 30, 60, 300, 900, 3600], NumberOnly]

KeepDays = Annotated[int, Field(ge=0, le=MOST_DAYS), NumberOnly]

NO_SETTINGS = "These are not settings of a group."


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """``posts``: who may write; ``adds``: who may bring people in; ``slow_seconds``: how long a member waits between
    two messages (0: not at all; admins never wait); ``keep_days``: how long messages are kept, where that is shorter than
    everywhere here (0: as everywhere)."""

    posts: Whose = "everyone"
    adds: Whose = "admins"
    slow_seconds: int = 0
    keep_days: int = 0

    def after(self, change: "SettingsChange") -> "GroupSettings":
        """What holds once the change is made."""
        return replace(self, **change.changed())

    def to_wire(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "GroupSettings":
        """The settings in a stored document; what is not in it is as it always was."""
        known = {name: value for name, value in (stored or {}).items() if name in cls.__slots__}
        return cls(**known) if known else DEFAULT


class SettingsChange(BaseModel):
    """What changes; what is None stays as it is. An entry's body is this in compact JSON, names in order."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    posts: Whose | None = None
    adds: Whose | None = None
    slow_seconds: SlowSeconds | None = None
    keep_days: KeepDays | None = None

    @classmethod
    def parse(cls, body: str) -> "SettingsChange":
        """The change in an entry's body. Raises Invalid where it is none, or changes nothing."""
        try:
            change = cls.model_validate_json(body)
        except ValidationError:
            raise Invalid(NO_SETTINGS) from None
        if not change.changed():
            raise Invalid(NO_SETTINGS)
        return change

    def changed(self) -> dict[str, Any]:
        """The settings that change, in the order of their names."""
        return {name: value for name, value in sorted(self.model_dump().items()) if value is not None}

    def to_body(self) -> str:
        """The canonical body: the same change is the same text."""
        values = self.changed()
        return SettingsChange(**values).model_dump_json(exclude_none=True) if values else "{}"


DEFAULT = GroupSettings()
