"""What a device has written and nobody has confirmed: first in first out in each conversation, as in the browser."""

import uuid
from collections import deque
from dataclasses import dataclass, field

from app.domain.ids import content_hash


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``n`` counts the device's messages in the conversation."""

    conversation: str
    n: int
    client_id: str
    body: str

    @property
    def hash(self) -> str:
        return content_hash("text", self.body)


@dataclass(slots=True)
class Outbox:
    """The queue of one device; tabs of one browser share it."""

    device: str
    queues: dict[str, deque[Message]] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def add(self, conversation: str, body: str) -> Message:
        n = self.written[conversation] = self.written.get(conversation, 0) + 1
        message = Message(conversation, n, str(uuid.uuid4()), body)
        self.queues.setdefault(conversation, deque()).append(message)
        return message

    def first(self, conversation: str) -> Message | None:
        queue = self.queues.get(conversation)
        return queue[0] if queue else None

    def settle(self, message: Message) -> None:
        """The answer was definite. Another tab may have heard it before."""
        queue = self.queues[message.conversation]
        if message in queue:
            queue.remove(message)

    @property
    def waiting(self) -> int:
        return sum(len(queue) for queue in self.queues.values())
