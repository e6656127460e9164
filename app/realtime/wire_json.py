"""orjson in the shape python-socketio and python-engineio expect (``str`` out)."""

from typing import Any

import orjson


class JSONDecodeError(ValueError):
    pass


def dumps(value: Any, *_: Any, **__: Any) -> str:
    return orjson.dumps(value).decode()


def loads(text: str | bytes, *_: Any, **__: Any) -> Any:
    return orjson.loads(text)
