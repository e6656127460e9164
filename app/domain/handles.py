"""Handles: the public names people find each other by."""

import re

HANDLE_PATTERN = re.compile(r"[a-z0-9_]{3,30}")
# Names that would pass for the house itself, or for everybody at once.
RESERVED = frozenset(
    [
        "admin",
        "administrator",
        "all",
        "anonymous",
        "api",
        "app",
        "bot",
        "chatter",
        "channel",
        "contact",
        "contacts",
        "deleted",
        "everyone",
        "group",
        "groups",
        "help",
        "here",
        "home",
        "info",
        "mail",
        "me",
        "moderator",
        "new",
        "news",
        "nobody",
        "note",
        "null",
        "official",
        "root",
        "security",
        "settings",
        "signin",
        "signout",
        "sign_in",
        "sign_out",
        "staff",
        "support",
        "system",
        "team",
        "undefined",
        "user",
        "users",
        "webmaster",
        "welcome",
        "you",
    ]
)


def clean_handle(handle: str) -> str:
    """``handle`` as it is kept: lower case, without ``@``. Raises ``ValueError`` where it cannot be one."""
    handle = handle.strip().removeprefix("@").lower()
    if not HANDLE_PATTERN.fullmatch(handle):
        raise ValueError("has 3 to 30 letters (a to z), digits or _")
    if handle.isdigit():
        raise ValueError("needs a letter, so that it is not taken for a telephone number")
    if handle in RESERVED:
        raise ValueError("is reserved")
    return handle
