"""Chatter as a contender: two web processes and one worker, people and conversations made directly in the database."""

import os
import subprocess
import sys
import time

from app.domain.entries import Entry
from app.domain.ids import content_hash, new_id
from app.models import Conversation, Device, Membership, Message, User
from app.models.connection import connect
from app.models.messages import to_document
from app.services.devices import Devices
from app.services.tokens import Tokens
from app.stores import connect_redis
from bench import ROOT
from bench.contenders import SERVERS, Contender, Room, body_of
from bench.processes import Failed
from config import Settings
from dev.embedded import free_port

ENVIRONMENT = {
    "CHATTER_ENV": "development",  # listens to this machine alone
    "SECRET_KEY": "a-secret-key-for-the-bench-and-nothing-else-4711",
    "JWT_SECRET_KEY": "another-key-for-the-bench-and-nothing-else-0815",
    "WEB_CONCURRENCY": "1",
    "DEFAULT_COUNTRY": "US",
    "LOG_FORMAT": "json",
    "EMBEDDED_COMMITTER": "false",
    # The limits of one person are not what is measured.
    "POST_BURST": "1000000",
    "POST_PER_SECOND": "1000000",
}


class Chatter(Contender):
    name = "chatter"

    def start(self) -> None:
        environment = ENVIRONMENT | {"REDIS_URL": self.valkey.url, "MONGODB_URI": self.mongo.uri}
        migrated = subprocess.run(
            [sys.executable, "-m", "migrations"],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )
        if migrated.returncode != 0:
            raise Failed(f"The migrations failed:\n{migrated.stderr[-2000:]}")
        self._spawn("worker", [sys.executable, "-m", "app.background"], environment | {"SERVER_ID": "worker"}, ROOT)
        webs = []
        for _ in range(SERVERS):
            port = free_port()
            own = {"PORT": str(port), "PUBLIC_URL": f"http://localhost:{port}", "SERVER_ID": f"web{port}"}
            gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
            webs.append((port, self._spawn("web", gunicorn, environment | own, ROOT)))
        for port, process in webs:
            process.wait_until_answers(f"http://127.0.0.1:{port}/health/ready")
            self.ports.append(port)
        settings = Settings.from_env(environment)
        connect(settings.mongodb_uri)
        redis = connect_redis(settings.redis_url)
        self._tokens = Tokens(settings, Devices(redis, publisher=None))  # type: ignore[arg-type]

    def rooms(self, count: int, members: int) -> list[Room]:
        users, devices, conversations, memberships, rooms = [], [], [], [], []
        for n in range(count):
            people = [User(id=new_id(), name=f"Person {m} of {n}") for m in range(members)]
            owned = [Device(id=new_id(), user=person.id, kind="api", name="bench") for person in people]
            group = Conversation(id=new_id(), kind="group", title=f"Room {n}", created_by=people[0].id)
            users += people
            devices += owned
            conversations.append(group)
            memberships += [Membership(conversation=group.id, user=person.id) for person in people]
            tokens = [self._tokens.issue(device.user, device.id)[0] for device in owned]
            rooms.append(Room(str(group.id), tokens))
        for documents in (users, devices, conversations, memberships):
            collection = type(documents[0])._get_collection()
            collection.insert_many([document.to_mongo().to_dict() for document in documents])
        return rooms

    def fill(self, room: Room, entries: int) -> None:
        sender = Membership.objects(conversation=room.conversation).first().user
        created_at = int(time.time() * 1000)
        documents = []
        for seq in range(1, entries + 1):
            body = body_of(seq)
            client_id = f"00000000-0000-4000-8000-{seq:012x}"
            entry = Entry(room.conversation, seq, seq, "text", sender, client_id, body, created_at)
            documents.append(to_document(entry, content_hash("text", body)))
        Message._get_collection().insert_many(documents)

    def numbers(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for document in self._messages.find({}, {"_id": 1}):
            conversation, _, seq = document["_id"].rpartition(":")
            found.setdefault(conversation, []).append(int(seq))
        return found
