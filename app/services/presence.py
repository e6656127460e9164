"""Who is here: beats of sockets, over tabs, devices and servers.

Each socket says every 15 s that it lives and whether its tab is looked at. A user is online with a visible live
socket, away with hidden ones only, else offline since ``User.last_seen``. Only changes are told.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TypedDict

import gevent
import structlog
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.lines import raise_first
from app.models import Contact, User
from app.sequencing import keys
from app.services.gathering import Gathering
from app.services.publishing import Publisher
from app.services.scripts import Scripts, State
from app.services.visibility import Visibility
from app.stores import shared_line_of

log = structlog.get_logger(__name__)

LIVE_SECONDS = 45.0
"""Three beats of 15 s: one may be late and one may be lost."""
GRACE_SECONDS = 3.0
"""A page that reloads is gone for less."""
SWEEP_USERS = 1_000


class PresenceView(TypedDict):
    """``last_seen`` in ms, None while here or where it is not for the viewer."""

    state: State
    last_seen: int | None


def hidden() -> PresenceView:
    """What somebody sees who may not see: a copy, because views are handed out."""
    return {"state": "offline", "last_seen": None}


class Presence:
    """``server`` names this process in the beats; the durations are in seconds."""

    def __init__(
        self,
        redis: Redis,
        server: str,
        publisher: Publisher,
        visibility: Visibility,
        *,
        live_seconds: float = LIVE_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._redis = redis
        self._line = shared_line_of(redis)
        self._scripts = Scripts(redis)
        self._known_to = Gathering(_known_to)
        self._server = server
        self._publisher = publisher
        self.visibility = visibility
        self._live_ms = int(live_seconds * 1000)
        self._grace_seconds = grace_seconds

    def beat(self, user: str, socket: str, visible: bool, is_open: Callable[[], bool] = lambda: True) -> None:
        """This socket lives; ``visible``: its tab is looked at. Where ``is_open`` says no more afterwards, it closed meanwhile:
        its last word may have come behind that, and would be believed until it is old."""
        heard = self._scripts.reckon(user, self._live_ms, socket=socket, server=self._server, visible=visible)
        raise_first(self._line.ask([("ZADD", keys.ONLINE, "GT", heard.at, user)], retries=1))
        if heard.before != heard.state:
            self._tell(user, {"state": heard.state, "last_seen": None})
        if not is_open():
            self.gone(user, socket)

    def gone(self, user: str, socket: str) -> None:
        """This socket closed. What follows from it is decided after a grace, so that a reload is not told."""
        self._redis.hdel(keys.sockets(user), socket)
        gevent.spawn_later(self._grace_seconds, self._settle_later, user)

    def settle(self, user: str) -> None:
        """Tell what has become of a user whose sockets fell silent or closed. Any number of callers tell once."""
        now = self._scripts.reckon(user, self._live_ms)
        if now.state != "offline":
            if now.before != now.state:
                self._tell(user, {"state": now.state, "last_seen": None})
            return
        last_beat = self._scripts.depart(user, now.at)
        if last_beat is None:
            return
        # What came since the last beat was queued for nobody, and is for their devices now.
        self._redis.zadd(keys.PUSH_DUE, {keys.left(user): now.at}, lt=True)
        User.objects(id=user).update_one(set__last_seen=datetime.fromtimestamp(last_beat / 1000, UTC))
        self._tell(user, {"state": "offline", "last_seen": last_beat})
        self._correct(user)

    def _settle_later(self, user: str) -> None:
        try:
            self.settle(user)
        except (RedisError, PyMongoError, OSError) as error:
            # The sweep finds the user again once the store is back.
            log.warning("presence_not_settled", cause=type(error).__name__)

    def sweep(self) -> int:
        """Settle everybody who fell silent without closing (a crash, a lost network); how many were looked at.

        Run every 10 s by every worker: whoever takes the user off the online list tells it.
        """
        seconds, microseconds = self._redis.time()
        oldest = seconds * 1000 + microseconds // 1000 - self._live_ms
        silent = self._redis.zrange(keys.ONLINE, "-inf", oldest, byscore=True, offset=0, num=SWEEP_USERS)
        for user in silent:
            self.settle(str(user))
        return len(silent)

    def count(self) -> int:
        """How many were heard lately."""
        seconds, microseconds = self._redis.time()
        oldest = seconds * 1000 + microseconds // 1000 - self._live_ms
        return int(self._redis.zcount(keys.ONLINE, oldest, "+inf"))

    def states(
        self, users: Iterable[str], last_seen: Mapping[str, datetime | None] | None = None
    ) -> dict[str, PresenceView]:
        """Each user's presence, hidden from nobody: one pipeline and one query whatever the number of users.

        ``last_seen``: what their documents say, where they are at hand.
        """
        wanted = list(dict.fromkeys(users))
        if not wanted:
            return {}
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.time()
        pipeline.zmscore(keys.ONLINE, wanted)
        for user in wanted:
            pipeline.hgetall(keys.sockets(user))
        told, *known = pipeline.execute(raise_on_error=False)
        ((seconds, microseconds),) = raise_first([told])
        # Whom one of a cluster's masters says nothing of looks as if they were not here.
        beats, *sockets = ({} if isinstance(one, Exception) else one for one in known)
        oldest = seconds * 1000 + microseconds // 1000 - self._live_ms
        found = {user: _state(fields, oldest) for user, fields in zip(wanted, sockets, strict=True)}
        last_beats = {
            user: int(beat)
            for user, beat in zip(wanted, beats or [None] * len(wanted), strict=True)
            if beat is not None
        }
        absent = [user for user in wanted if found[user] == "offline"]
        seen = _last_seen(absent) if last_seen is None else _moments(absent, last_seen)
        return {
            user: {
                "state": found[user],
                "last_seen": max(seen.get(user, 0), last_beats.get(user, 0)) or None
                if found[user] == "offline"
                else None,
            }
            for user in wanted
        }

    def heard(self, users: Iterable[str]) -> list[str]:
        """Those of ``users`` who were heard lately: the others have nothing open that could be told."""
        wanted = list(dict.fromkeys(users))
        beats = self._redis.zmscore(keys.ONLINE, wanted) if wanted else []
        return [user for user, beat in zip(wanted, beats, strict=True) if beat is not None]

    def of(self, users: Iterable[str], viewer: str) -> dict[str, PresenceView]:
        """Each user's presence as ``viewer`` may see it: who blocked the viewer, or hides, looks offline since ever."""
        wanted = list(dict.fromkeys(users))
        states = self.states(wanted)
        for owner in Contact.objects(owner__in=wanted, user=viewer, blocked_at__ne=None).scalar("owner"):
            states[owner] = hidden()
        sight = self.visibility.between(wanted, [viewer])
        return {user: state if sight.presence(user, viewer) else hidden() for user, state in states.items()}

    def retell(self, user: str, viewers: Iterable[str] | None = None) -> None:
        """Who may see ``user`` has changed: tell ``viewers`` (all who know them) how they look from there now."""
        audience = self._audience(user)
        if viewers is not None:
            audience = sorted(set(audience) & set(viewers))
        sight = self.visibility.between([user], audience)
        seeing = [viewer for viewer in audience if sight.presence(user, viewer)]
        if seeing:
            self._publisher.to_users(seeing, "presence", {"user": user, **self.states([user])[user]})
        blind = [viewer for viewer in audience if viewer not in seeing]
        if blind:
            self._publisher.to_users(blind, "presence", {"user": user, **hidden()})

    def tell(self, user: str, viewer: str, *, hide: bool) -> None:
        """Tell ``viewer`` alone how ``user`` is now, or (``hide``) that they are not to be seen."""
        presence = hidden() if hide else self.of([user], viewer)[user]
        self._publisher.to_users([viewer], "presence", {"user": user, **presence})

    def _correct(self, user: str) -> None:
        """A beat may have fallen between reckoning and telling; the last word must be the true one."""
        now = self._scripts.reckon(user, self._live_ms)
        if now.state != "offline":
            self._redis.zadd(keys.ONLINE, {user: now.at}, gt=True)
            self._tell(user, {"state": now.state, "last_seen": None})

    def _tell(self, user: str, presence: PresenceView) -> None:
        """To those who may see it."""
        audience = self._audience(user)
        if not audience:
            return
        sight = self.visibility.between([user], audience)
        seeing = [viewer for viewer in audience if sight.presence(user, viewer)]
        if seeing:
            self._publisher.to_users(seeing, "presence", {"user": user, **presence})

    def _audience(self, user: str) -> list[str]:
        """Those who are here, have the user among their contacts and were not blocked by the user."""
        candidates = sorted(self._known_to.ask([user]).get(user, ()))
        if not candidates:
            return []
        (here,) = raise_first(self._line.ask([("ZMSCORE", keys.ONLINE, *candidates)], retries=1))
        return [owner for owner, beat in zip(candidates, here, strict=True) if beat is not None]


def _known_to(users: list[str]) -> dict[str, set[str]]:
    """Who has each user among their contacts, without those whom the user blocked."""
    contacts = Contact._get_collection()
    knowing: dict[str, set[str]] = {}
    for row in contacts.find({"user": {"$in": users}, "removed_at": None}, {"_id": 0, "owner": 1, "user": 1}):
        knowing.setdefault(row["user"], set()).add(row["owner"])
    blocked = {"owner": {"$in": list(knowing)}, "blocked_at": {"$ne": None}}
    for row in contacts.find(blocked, {"_id": 0, "owner": 1, "user": 1}) if knowing else ():
        knowing[row["owner"]].discard(row["user"])
    return knowing


def _state(fields: Mapping[str, str], oldest: int) -> State:
    """The state that a user's socket hash says, counting beats from ``oldest`` (ms) on."""
    state: State = "offline"
    for socket, value in fields.items():
        if socket == "state":
            continue
        _, visible, beat = value.rsplit("|", 2)
        if int(beat) >= oldest:
            if visible == "1":
                return "online"
            state = "away"
    return state


def _moments(users: Iterable[str], last_seen: Mapping[str, datetime | None]) -> dict[str, int]:
    return {user: int(moment.timestamp() * 1000) for user in users if (moment := last_seen.get(user)) is not None}


def _last_seen(users: Iterable[str]) -> dict[str, int]:
    rows = User.objects(id__in=list(users), last_seen__ne=None).scalar("id", "last_seen")
    return {user: int(moment.timestamp() * 1000) for user, moment in rows}
