"""How documents look on the wire (docs/wire.md)."""

from typing import Any

from app.models import Device, User


def user_view(user: User) -> dict[str, Any]:
    """The UserView: what everybody may see of a person."""
    return {
        "id": user.id,
        "name": user.name,
        "handle": user.handle or None,
        "avatar": f"/photos/{user.avatar}" if user.avatar else None,
        "about": user.about,
    }


def account_view(user: User) -> dict[str, Any]:
    """What a person sees of their own account: the UserView, and how they come in."""
    return {
        **user_view(user),
        "phone": user.phone or None,
        "google": bool(user.google_sub),
        "email": user.email or None,
        "role": user.role,
        "onboarded": user.onboarded_at is not None,
        "met_in_groups": user.met_in_groups is not False,
        "deletion_at": int(user.deletion_at.timestamp() * 1000) if user.deletion_at else None,
    }


def device_view(device: Device, current: str) -> dict[str, Any]:
    """A signed-in device as its owner sees it; ``current`` is the id of the device that asks. Times in ms."""
    return {
        "id": device.id,
        "kind": device.kind,
        "name": device.name,
        "address": device.address,
        "created_at": int(device.created_at.timestamp() * 1000),
        "last_seen": int(device.last_seen.timestamp() * 1000),
        "push": bool(device.push_subscription),
        "current": device.id == current,
    }
