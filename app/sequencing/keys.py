"""Every Redis key Chatter uses: name, type, life, owner. Nothing builds a key anywhere else.

Braces are Cluster hash tags: all keys one script touches live in one slot.
"""

ALL_KEYS = (
    "chatter:*",
    "seq:*",
    "sent:*",
    "wal:*",
    "lock:*",
    "queue:*",
    "push:*",
    "user:*",
    "session:*",
    "device:*",
    "code:*",
    "slow:*",
    "passkey:*",
    "limit*",
)
"""Patterns that every key matches: what an ACL must allow, and what a restore must not find."""

ALL_CHANNELS = "chatter:*"

BROADCAST_CHANNEL = "chatter:broadcast"
"""Pub/sub: Flask-SocketIO's message queue. Every server hears it and writes to the sockets it hosts."""

CONTROL_CHANNEL = "chatter:control"
"""Pub/sub: notes from process to process (access changed, device signed out). A lost note costs seconds at most."""

SHARD_COUNT = "chatter:shard_count"
"""string, no expiry: N as fixed at installation; MongoDB's is the truth."""

ONLINE = "chatter:online"
"""sorted set user -> last beat (ms), no expiry: who was heard lately. Owner: services/presence."""


PUSH_DUE = "chatter:push"
"""sorted set of who is to be told by push -> when (ms); no expiry. Written by pointers and presence. Owner: push_due.

A member is a user, or ``left:user``: they went a moment ago, and what came meanwhile is to be looked for.
"""


COMMITTERS = "chatter:committers"
"""sorted set ``role:process`` -> last beat (seconds): who could hold leases, so that shards spread evenly."""

PROCESSES = "chatter:processes"
"""hash process -> what it is and holds, as JSON, with ``at`` (seconds); who is silent is taken out. Owner: meter, figures."""


def sequence(shard: int, conversation: str) -> str:
    """hash ``committed``, ``pending``; no expiry. Owner: append, seed, acknowledge."""
    return f"seq:{{{shard}}}:{conversation}"


def sent(shard: int, conversation: str, sender: str, client_id: str) -> str:
    """string ``state:seq:hash:ordinal:created_at``; no expiry while pending, then 72 h. Owner: append, acknowledge."""
    return f"sent:{{{shard}}}:{conversation}:{sender}:{client_id}"


def stream(shard: int) -> str:
    """stream, trimmed only by acknowledge: the write-ahead log of a shard. What stands in it is not committed for sure."""
    return f"wal:{{{shard}}}"


def lease(shard: int) -> str:
    """string ``process:epoch``; 4 s past the last renewal. Owner: lease."""
    return f"lock:{{{shard}}}"


def lease_meta(shard: int) -> str:
    """hash ``epoch``; no expiry: the highest epoch seen, which fences older holders."""
    return f"lock:{{{shard}}}:meta"


def queue(user: str) -> str:
    """sorted set conversation -> head; 30 days: where something happened while the user was away (pointers)."""
    return f"queue:{{{user}}}"


def left(user: str) -> str:
    """The member of PUSH_DUE that says that the user went."""
    return f"left:{user}"


def pushing(user: str) -> str:
    """string: the process that pushes to the user's devices, and a moment longer; seconds. Owner: push_due."""
    return f"push:{{{user}}}"


def sockets(user: str) -> str:
    """hash socket -> ``server|visible|beat`` (ms), and ``state`` -> the state told last; 60 s past the last beat.

    Owner: services/presence.
    """
    return f"user:{{{user}}}"


def replies(process: str) -> str:
    """pub/sub channel on which a process hears what became of the commands it accepted."""
    return f"chatter:replies:{process}"


def session_prefix() -> str:
    """Prefix of Flask-Session's keys; life: SESSION_DAYS."""
    return "session:"


def device_session(device: str) -> str:
    """string: the id of the browser session the device uses; SESSION_DAYS. Owner: services/devices."""
    return f"device:{{{device}}}:session"


def code(challenge: str) -> str:
    """hash of a sign-in code challenge; 10 minutes. Owner: services/code_store."""
    return f"code:{{{challenge}}}"


def slow(conversation: str, user: str, seconds: int) -> str:
    """string: the client id of the user's last message; the group's ``seconds``. Owner: services/slow_mode."""
    return f"slow:{{{conversation}}}:{user}:{seconds}"


def passkey_challenge(challenge: str) -> str:
    """string: what a passkey's answer to this challenge is for; 5 minutes, and once. Owner: services/passkeys."""
    return f"passkey:{{{challenge}}}"


def figures(minute: int) -> str:
    """hash of what all processes counted in a minute (since 1970); 3 h. Owner: meter, read by services/figures."""
    return f"chatter:figures:{minute}"


def limit_prefix() -> str:
    """Prefix of the rate limiter's keys; life: the limit's window."""
    return "limit"
