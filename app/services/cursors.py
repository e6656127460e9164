"""Pages of lists that begin with the newest: a cursor names the last line of a page, by its time and its id."""

from datetime import UTC, datetime
from typing import Any

from app.domain.errors import Invalid

PAGE = 50


def cursor_of(moment: datetime, id: object) -> str:
    """The cursor of a line: its time in ms, and its id."""
    return f"{int(moment.timestamp() * 1000)}-{id}"


def after(cursor: str, field: str, id_of: Any = str) -> dict[str, Any]:
    """The MongoDB filter for what stands after the line: older by ``field``, or as old with a smaller id.

    ``id_of`` makes the id of its text. Raises Invalid for what is no cursor.
    """
    milliseconds, _, id = cursor.partition("-")
    try:
        moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
        last = id_of(id)
    except (ValueError, OverflowError, OSError, TypeError):
        raise Invalid("That is no page of this list.") from None
    return {"$or": [{field: {"$lt": moment}}, {field: moment, "_id": {"$lt": last}}]}


def cut(lines: list[Any], field: str) -> tuple[list[Any], str | None]:
    """``PAGE`` of the lines that were read, which are one more where there are more; and the cursor of the next page."""
    page = lines[:PAGE]
    return page, cursor_of(getattr(page[-1], field), page[-1].id) if len(lines) > PAGE else None
