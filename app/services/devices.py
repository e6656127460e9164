"""Signed-in devices: what a session or a token stands for, until somebody signs it out."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from redis import Redis

from app.domain.errors import NotFound, NotSignedIn
from app.models import Device, User
from app.models.accounts import now
from app.sequencing import keys
from app.services.gathering import Gathering
from app.services.publishing import Publisher

REMEMBER_S = 5.0
REMEMBER_DEVICES = 20_000
TOUCH_EVERY_S = 60.0
NAME_CHARACTERS = 120
ADDRESS_CHARACTERS = 64

Kind = Literal["browser", "api"]

_OF_DEVICE = {"user": 1, "kind": 1}
_OF_OWNER = {"role": 1, "onboarded_at": 1, "locale": 1}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking: an enabled user, on a device that is signed in. ``onboarded``: the first visit is over; ``language``: the
    one they chose, if any."""

    user: str
    device: str
    kind: str
    role: str
    onboarded: bool
    language: str | None = None


class Devices:
    """Devices and whether they may still speak. ``clock`` gives seconds, for what is remembered in this process."""

    def __init__(self, redis: Redis, publisher: Publisher, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._publisher = publisher
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Identity]] = OrderedDict()
        self._touched: OrderedDict[str, float] = OrderedDict()
        self._look_up = Gathering(self._find)

    def sign_in(self, user: str, kind: Kind, name: str, address: str) -> Device:
        """A new device of ``user``, signed in from now on."""
        device = Device(user=user, kind=kind, name=name[:NAME_CHARACTERS], address=address[:ADDRESS_CHARACTERS])
        device.save(force_insert=True)
        return device

    def bind_session(self, device: str, session: str, life_s: int) -> None:
        """Remember which browser session (its id, living ``life_s``) the device uses, so that signing out ends it."""
        self._redis.set(keys.device_session(device), session, ex=life_s)

    def check(self, user: str, device: str) -> Identity:
        """Who that is, if the device is signed in, is the user's, and the user is enabled; else NotSignedIn.

        What was found is remembered for 5 s, so that a busy client costs no query a request.
        """
        identity = self._remembered(device) or self._look_up.ask([device]).get(device)
        if identity is None or identity.user != user:
            raise NotSignedIn
        return identity

    def alive(self, devices: Iterable[str]) -> set[str]:
        """Those of ``devices`` that are signed in with an enabled user, past every memory."""
        page = {"_id": {"$in": list(set(devices))}, "signed_out_at": None}
        owners = {row["_id"]: row["user"] for row in Device._get_collection().find(page, {"user": 1})}
        enabled = {"_id": {"$in": list(set(owners.values()))}, "disabled_at": None}
        users = {row["_id"] for row in User._get_collection().find(enabled, {"_id": 1})}
        return {device for device, owner in owners.items() if owner in users}

    def touch(self, device: str) -> None:
        """The device was heard of; written down at most once a minute."""
        moment = self._clock()
        if moment - self._touched.get(device, -TOUCH_EVERY_S) < TOUCH_EVERY_S:
            return
        self._touched[device] = moment
        self._touched.move_to_end(device)
        if len(self._touched) > REMEMBER_DEVICES:
            self._touched.popitem(last=False)
        present = now()
        stale = present - timedelta(seconds=TOUCH_EVERY_S)
        Device.objects(id=device, last_seen__lt=stale).update_one(set__last_seen=present)

    def of(self, user: str) -> list[Device]:
        """The devices the user is signed in on, the last heard of first."""
        return list(Device.objects(user=user, signed_out_at=None).order_by("-last_seen"))

    def sign_out(self, user: str, device: str, reason: str = "signed_out") -> None:
        """Sign one of the user's devices out: its session, its tokens and its sockets end. Raises NotFound."""
        changed = Device.objects(id=device, user=user, signed_out_at=None).update_one(**_signed_out())
        if not changed:
            raise NotFound
        self._end([device], reason)

    def sign_out_all(self, user: str, *, but: str | None = None, reason: str = "signed_out") -> int:
        """Sign out every device of the user, except ``but``; how many there were."""
        gone = [device.id for device in self.of(user) if device.id != but]
        Device.objects(id__in=gone, signed_out_at=None).update(**_signed_out())
        self._end(gone, reason)
        return len(gone)

    def forget(self, devices: Iterable[str]) -> None:
        """Drop what this process remembers of them: something changed, here or on another server."""
        for device in devices:
            self._known.pop(device, None)

    def _end(self, devices: list[str], reason: str) -> None:
        self.forget(devices)
        self._publisher.sign_out_devices(devices, reason)
        for device in devices:
            session = self._redis.getdel(keys.device_session(device))
            if session:
                self._redis.delete(keys.session_prefix() + str(session))

    def _remembered(self, device: str) -> Identity | None:
        known = self._known.get(device)
        return known[1] if known is not None and self._clock() - known[0] < REMEMBER_S else None

    def _find(self, devices: list[str]) -> dict[str, Identity]:
        # Without MongoEngine's documents: every connection asks, and after an outage all of them at once.
        rows = Device._get_collection().find({"_id": {"$in": devices}, "signed_out_at": None}, _OF_DEVICE)
        signed_in = {row["_id"]: row for row in rows}
        users = list({row["user"] for row in signed_in.values()})
        owners = User._get_collection().find({"_id": {"$in": users}, "disabled_at": None}, _OF_OWNER)
        enabled = {row["_id"]: row for row in owners}
        found = {
            device: _identity(row, enabled[row["user"]]) for device, row in signed_in.items() if row["user"] in enabled
        }
        self.forget([device for device in devices if device not in found])
        self._remember(found.values())
        return found

    def _remember(self, identities: Iterable[Identity]) -> None:
        """Somebody in the middle of their first visit is looked up anew each time: the visit ends on one server, and
        the next page may come from another."""
        for identity in identities:
            if identity.onboarded:
                self._known[identity.device] = (self._clock(), identity)
                self._known.move_to_end(identity.device)
        while len(self._known) > REMEMBER_DEVICES:
            self._known.popitem(last=False)


def _identity(device: dict[str, Any], owner: dict[str, Any]) -> Identity:
    onboarded = owner.get("onboarded_at") is not None
    return Identity(owner["_id"], device["_id"], device["kind"], owner["role"], onboarded, owner.get("locale"))


def _signed_out() -> dict[str, Any]:
    """What becomes of a device that is signed out: it is told nothing by push any more."""
    return {"set__signed_out_at": now(), "unset__push_subscription": True, "unset__push_owed": True}
