"""Tell people who are away, by push: each conversation that calls them, once, on each of their subscribed devices.

Somebody with an open page is told by that page. What calls them is judged as there: the level of the chat, a mute, a
block, a request, the hours in which they want quiet.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from redis import Redis

from app.counts import PUSHES
from app.domain.notifications import Notifications
from app.models import Membership, User
from app.models.accounts import now
from app.sequencing import keys
from app.sequencing.heads import Heads
from app.sequencing.pointers import QUEUE_LIFE_S
from app.services.push_due import PushDue
from app.services.push_news import News, Place, news_of, places_of
from app.services.push_sender import PushSender
from app.services.push_subscriptions import PushSubscriptions, Subscribed
from app.services.vapid import Vapid

SOONEST_S = 1.0


class Push:
    def __init__(
        self,
        redis: Redis,
        heads: Heads,
        due: PushDue,
        subscriptions: PushSubscriptions,
        vapid: Vapid,
        sender: PushSender,
    ) -> None:
        self._redis = redis
        self._heads = heads
        self.due = due
        self.subscriptions = subscriptions
        self.vapid = vapid
        self._sender = sender

    def look_back(self, user: str) -> None:
        """The user went a moment ago: what came while nobody knew is queued, as if they had been away already."""
        query = {"user": user, "until_seq": None, "hidden_at": None}
        rows = Membership._get_collection().find(query, {"conversation": 1, "delivered": 1, "from_seq": 1})
        seen = {row["conversation"]: max(row.get("delivered") or 0, (row.get("from_seq") or 1) - 1) for row in rows}
        heads = self._heads.of(list(seen)) if seen else {}
        missed = {conversation: head for conversation, head in heads.items() if head > seen[conversation]}
        if missed:
            self._redis.zadd(keys.queue(user), missed, gt=True)
            self._redis.expire(keys.queue(user), QUEUE_LIFE_S)

    def tell(self, user: str, devices: Sequence[Subscribed]) -> float | None:
        """Tell the user's devices what is new. Answers in how many seconds one of them is to be tried again, if any.

        Raises PyMongoError, RedisError: what was told until then is remembered, the rest is told the next time.
        """
        if self._redis.exists(keys.sockets(user)):
            return None
        queued: Any = self._redis.zrange(keys.queue(user), 0, -1, withscores=True)
        queue = {str(conversation): int(head) for conversation, head in queued}
        account = User._get_collection().find_one({"_id": user, "disabled_at": None}, {"notifications": 1, "locale": 1})
        owed = {conversation for device in devices for conversation in device.owed}
        if account is None or not queue.keys() | owed:
            return None
        present = now()
        choices = Notifications.of(account.get("notifications"))
        places = places_of(user, queue.keys() | owed, present)
        if choices.is_quiet(present):
            for device in devices:
                if device.owed:
                    self.subscriptions.owe_nothing(device)
            _looked_at(places, queue)
            return None
        language = account.get("locale")
        fresh = _news(places.values(), queue, language, show_text=choices.show_text)
        pauses = [self._tell_device(device, fresh, places, choices, present, language) for device in devices]
        _looked_at(places, queue)
        return min((pause for pause in pauses if pause), default=None)

    def _tell_device(
        self,
        device: Subscribed,
        fresh: dict[str, News],
        places: dict[str, Place],
        choices: Notifications,
        present: datetime,
        language: str | None,
    ) -> float:
        """Tell one device; answers in how many seconds to try again, 0 for not at all."""
        owed = device.owed - fresh.keys()
        if device.after is not None and device.after > present:
            self.subscriptions.owe(device, fresh)
            return max(SOONEST_S, (device.after - present).total_seconds())
        late = [place for conversation, place in places.items() if conversation in owed]
        old = _news(
            late, self._heads.of(sorted(owed)) if owed else {}, language, show_text=choices.show_text, again=True
        )
        if owed - old.keys():
            self.subscriptions.owe_nothing(device, owed - old.keys())
        waiting = [*old.values(), *fresh.values()]
        for n, news in enumerate(waiting):
            outcome = self._sender.send(device.subscription, news.conversation, news.payload())
            PUSHES[outcome.became,] += 1
            if outcome.became == "gone":
                self.subscriptions.gone(device)
                return 0
            if outcome.became == "failed":
                self.subscriptions.owe(device, [one.conversation for one in waiting[n:]])
                return self.subscriptions.failed(device, outcome.retry_after, outcome.why)
            self.subscriptions.sent(device, news.conversation)
        return 0


def _news(
    places: Iterable[Place], heads: dict[str, int], language: str | None, *, show_text: bool, again: bool = False
) -> dict[str, News]:
    """What there is to tell of these places, by conversation."""
    found = {}
    for place in places:
        news = news_of(place, heads.get(place.conversation, 0), language, show_text=show_text, again=again)
        if news is not None:
            found[place.conversation] = news
    return found


def _looked_at(places: dict[str, Place], heads: dict[str, int]) -> None:
    """Up to these heads nothing is told any more, except to devices that are owed it."""
    updates = [
        UpdateOne({"conversation": conversation, "user": place.user}, {"$max": {"pushed": heads[conversation]}})
        for conversation, place in places.items()
        if heads.get(conversation, 0) > place.pushed
    ]
    if updates:
        Membership._get_collection().bulk_write(updates, ordered=False)
