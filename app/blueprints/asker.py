"""What a request says about itself: where it comes from, what it wants back, where it wants to go next."""

import ipaddress
from urllib.parse import urlsplit

from flask import request

from app.domain.user_agents import describe

UNKNOWN_ADDRESS = "unknown"


def address() -> str:
    """The asker's network address as limits count it: IPv6 by its /64, because a household has that many."""
    try:
        parsed = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return UNKNOWN_ADDRESS
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def device_name() -> str:
    """What to call the asking browser, such as "Firefox on Linux"."""
    return describe(request.headers.get("User-Agent", ""))


def wants_json() -> bool:
    """Is this a program (or a script on a page) rather than a person who turned to a page?"""
    if request.path.startswith("/api/") or request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def local_path(target: str | None) -> str | None:
    """``target`` if it is a page of ours (a path with its query), else None. Never another site, never the API."""
    if not target or not target.startswith("/") or not target.isprintable() or "\\" in target:
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("//"):
        return None
    return None if parts.path.startswith(("/api/", "/sign-", "/static/")) else target
