"""Who is mentioned in a text. A mention is written ``@[id]``, so it stays right when people change their names."""

import re
from collections.abc import Callable

_MENTION = re.compile(r"@\[([0-9A-Za-z]{22})\]")


def mentions_of(body: str) -> frozenset[str]:
    """The ids of the users that ``body`` mentions, wherever in it they stand; nobody knows yet whether they are members."""
    return frozenset(_MENTION.findall(body))


def with_names(body: str, name_of: Callable[[str], str]) -> str:
    """``body`` as a person reads it where there is no page to show it: each mention as ``@`` and ``name_of(id)``."""
    return _MENTION.sub(lambda mention: "@" + name_of(mention[1]), body)
