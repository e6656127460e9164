"""Has whoever sits at this browser shown lately that they are who they are? Asked before what cannot be taken back."""

import time
from datetime import timedelta

from flask import session

from app.blueprints.identity import current_device_id
from app.domain.errors import ConfirmFirst
from app.models import Device
from app.models.accounts import now

FRESH_S = 600
KEY = "confirmed_at"


def note_confirmed() -> None:
    """They have, just now: by a code, or by Google."""
    session[KEY] = int(time.time())


def is_confirmed(within_s: int = FRESH_S) -> bool:
    """Have they, on purpose, in the last minutes?"""
    return bool(time.time() - session.get(KEY, 0) < within_s)


def is_fresh(within_s: int = FRESH_S) -> bool:
    """The same, or did they sign in in the last minutes?"""
    since = now() - timedelta(seconds=within_s)
    return is_confirmed(within_s) or Device.objects(id=current_device_id(), created_at__gt=since).first() is not None


def require_fresh() -> None:
    """Raises ConfirmFirst."""
    if not is_fresh():
        raise ConfirmFirst
