"""Ada, who is away with a phone, and Ben, who writes to her: what the tests of pushes have at hand."""

import uuid

from app.models import Device
from app.models.messages import messages
from app.sequencing import keys
from app.services.outgoing import Outgoing
from app.services.push import Push
from app.services.push_due import PushDue
from app.services.push_sender import PushSender
from app.services.push_subscriptions import PushSubscriptions
from app.services.vapid import Vapid
from tests.push_service import PushService
from tests.services.test_vapid import settings
from tests.services.world import World


class Phone:
    """A device with a browser that is told by push."""

    def __init__(self, world: World, push: Push, service: PushService, user: str) -> None:
        self.user, self.browser = user, service.browser()
        self.device = str(Device(user=user).save().id)
        self.subscribe(push)

    def subscribe(self, push: Push) -> None:
        push.subscriptions.subscribe(self.user, self.device, self.browser.endpoint, **self.browser.keys)

    @property
    def stored(self) -> Device:
        return Device.objects.get(id=self.device)

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(one["title"], one["body"]) for one in self.browser.got]


class Away:
    """Ada is away with a phone, and Ben writes to her."""

    def __init__(self, world: World, service: PushService) -> None:
        self.world, self.service = world, service
        vapid = Vapid(settings())
        subscriptions = PushSubscriptions(world.limits, 30, loopback=True)
        due = PushDue(world.redis, "worker", pause_ms=1)
        sender = PushSender(vapid, Outgoing(loopback=True))
        self.push = Push(world.redis, world.heads, due, subscriptions, vapid, sender)
        self.ada, self.ben = world.people("Ada", "Ben")
        world.contacts.add_by_id(self.ben, self.ada)
        self.chat = world.direct(self.ada, self.ben)
        self.phone = self.a_phone(self.ada)

    def a_phone(self, user: str) -> Phone:
        return Phone(self.world, self.push, self.service, user)

    def comes(
        self, body: str, conversation: str | None = None, sender: str | None = None, target: int | None = None
    ) -> int:
        """A message is stored, and queued for Ada as pointers do it."""
        where = conversation or self.chat
        seq = self.world.say(where, sender or self.ben, body)
        if target is not None:
            messages().update_one({"_id": f"{where}:{seq:010d}"}, {"$set": {"g": target}})
        self.world.redis.zadd(keys.queue(self.ada), {where: seq}, gt=True)
        return seq

    def tell(self) -> float | None:
        devices = self.push.subscriptions.of([self.ada]).get(self.ada, [])
        return self.push.tell(self.ada, devices)

    def group(self, *others: str) -> str:
        made = self.world.groups.create(self.ben, "Trains", [self.ada, *others], str(uuid.uuid4()))
        return str(made["id"])
