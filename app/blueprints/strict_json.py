"""JSON bodies, parsed so that no nesting can break the parser."""

from typing import Any

import orjson
from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Reads with orjson: the standard library's parser recurses, and a few thousand brackets raise a RecursionError,
    which is no ValueError and would be answered as a bug. Also refuses NaN and text that is not valid Unicode."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value in ``s``. Raises ValueError, which Flask answers with 400."""
        return orjson.loads(s)
