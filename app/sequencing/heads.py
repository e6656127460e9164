"""How far is a conversation? Numbers without holes make the answer a handful of point reads."""

from collections.abc import Callable, Sequence

from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.domain.errors import Degraded
from app.domain.ids import message_id, shard_of
from app.models.conversations import Conversation
from app.models.messages import messages
from app.sequencing import keys
from app.sequencing.scripts import Scripts

GALLOP = [1 << power for power in range(34)]
PROBES = 64
PROVEN_CONVERSATIONS = 100_000


def find_head(conversation: str, hint: int = 0) -> int:
    """The highest committed number of a conversation, 0 for an empty one, from MongoDB at majority.

    Galloping search (Bentley and Yao, 1976) upward from ``hint``, then a 64-way search of the bracket: existence is
    monotone because the log has no holes. One or two ``$in`` queries in the usual case, never a scan.
    """
    floor = hint if hint and _exist(conversation, [hint]) else 0
    found = _exist(conversation, [floor + step for step in GALLOP])
    if not found:
        return floor
    low = max(found)
    high = low + (low - floor)  # the next power of two was probed and is missing
    return _narrow(low, high, lambda seqs: _exist(conversation, seqs))


def _narrow(low: int, high: int, exist: Callable[[list[int]], set[int]]) -> int:
    """The highest existing number in [low, high), given that ``low`` exists and ``high`` does not."""
    while high - low > 1:
        step = max(1, (high - low) // PROBES)
        found = exist(list(range(low + step, high, step)))
        top = max(found, default=low)
        low, high = top, min(high, top + step)
    return low


def _exist(conversation: str, seqs: Sequence[int]) -> set[int]:
    ids = [message_id(conversation, seq) for seq in seqs]
    return {int(d["_id"].rpartition(":")[2]) for d in messages().find({"_id": {"$in": ids}}, {"_id": 1})}


class Heads:
    """Heads of many conversations: Redis knows, MongoDB judges.

    Redis is believed about a conversation once MongoDB has confirmed it, until ``doubt``.
    """

    def __init__(self, redis: Redis, shard_count: int) -> None:
        self._redis = redis
        self._scripts = Scripts(redis)
        self._shard_count = shard_count
        self._proven: set[str] = set()

    def doubt(self) -> None:
        """The link to Redis was lost: it may have been set back meanwhile, to numbers that are too low."""
        self._proven = set()

    def moved(self, conversation: str) -> None:
        """An entry was acknowledged here: Redis hears of it a moment later, and who asks in between asks MongoDB."""
        self._proven.discard(conversation)

    def of(self, conversations: Sequence[str], exact: bool = False) -> dict[str, int]:
        """The committed head of each conversation.

        Without ``exact`` this is one pipelined read of Redis, right except for a second after Redis was set back; what
        is not proven yet, and with ``exact`` everything, takes one MongoDB query more that proves each head or moves
        it on. Raises ``Degraded`` when MongoDB is needed and away.
        """
        proven = self._proven  # a doubt from now on is about what is read from now on
        heads = self._from_redis(conversations)
        missing = [conversation for conversation in conversations if conversation not in heads]
        unproven = set(heads) if exact else set(heads) - proven
        try:
            if missing:
                heads |= self._from_mongodb(missing)
            if unproven:
                stale = self._with_successor(heads, unproven)
                heads |= {conversation: self._learn(conversation, heads[conversation]) for conversation in stale}
        except PyMongoError as error:
            raise Degraded(retry_after=2) from error
        if len(proven) > PROVEN_CONVERSATIONS:
            proven.clear()
        proven.update(heads)
        return heads

    def _from_redis(self, conversations: Sequence[str]) -> dict[str, int]:
        pipeline = self._redis.pipeline(transaction=False)
        for conversation in conversations:
            pipeline.hget(keys.sequence(shard_of(conversation, self._shard_count), conversation), "committed")
        try:
            answers = pipeline.execute(raise_on_error=False)  # MongoDB knows what a cluster's master does not say
        except RedisError:
            return {}
        told = zip(conversations, answers, strict=True)
        return {c: int(answer) for c, answer in told if answer is not None and not isinstance(answer, Exception)}

    def _from_mongodb(self, conversations: list[str]) -> dict[str, int]:
        hints = dict(Conversation.objects(id__in=conversations).scalar("id", "head"))
        return {conversation: self._learn(conversation, hints.get(conversation) or 0) for conversation in conversations}

    def _with_successor(self, heads: dict[str, int], conversations: set[str]) -> set[str]:
        ids = [message_id(conversation, heads[conversation] + 1) for conversation in conversations]
        return {document["c"] for document in messages().find({"_id": {"$in": ids}}, {"c": 1})}

    def _learn(self, conversation: str, hint: int) -> int:
        head = find_head(conversation, hint)
        try:
            self._scripts.seed(shard_of(conversation, self._shard_count), conversation, head)
        except RedisError:
            pass  # it will be learnt again
        return head
