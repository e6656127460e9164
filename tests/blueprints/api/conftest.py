"""One running server for the whole of this folder, and people with tokens to ask it."""

import secrets
from collections.abc import Callable, Iterator

import mongoengine
import pytest
import requests
from redis import Redis

from app.models import Device, User
from app.models.accounts import now
from app.models.connection import connect
from app.services.devices import Devices
from app.services.tokens import Tokens
from app.stores import connect_redis
from config import Settings
from dev.embedded import EmbeddedMongo
from tests.installation import Installation
from tests.services.world import RecordingPublisher


class Asker(requests.Session):
    """A signed-in person who speaks to ``/api/v1`` with a token."""

    def __init__(self, url: str, user: str, token: str) -> None:
        super().__init__()
        self.id = user
        self._url = url
        self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method: str, path: str, **options: object) -> requests.Response:  # type: ignore[override]
        return super().request(method, f"{self._url}{path}", timeout=20, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, embedded_mongo: EmbeddedMongo
) -> Iterator[Installation]:
    with Redis.from_url(redis_url) as client:
        client.flushall()
    uri = embedded_mongo.uri_of(f"api_{secrets.token_hex(6)}")
    with Installation(tmp_path_factory.mktemp("api"), redis_url, uri, PUSH_TO_LOOPBACK="true") as installation:
        yield installation


@pytest.fixture(scope="module")
def url(installation: Installation) -> str:
    return installation.web().url


@pytest.fixture
def asker(installation: Installation, url: str) -> Iterator[Callable[..., Asker]]:
    """Make a signed-in person; keyword arguments are fields of the account."""
    settings = Settings.from_env(installation.environment)
    connect(settings.mongodb_uri)
    redis = connect_redis(settings.redis_url)
    tokens = Tokens(settings, Devices(redis, RecordingPublisher()))

    def make(name: str, **fields: object) -> Asker:
        user = User(name=name, onboarded_at=now(), **fields).save()
        device = Device(user=user.id, kind="api", name="test").save()
        return Asker(f"{url}/api/v1", user.id, tokens.issue(user.id, device.id)[0])

    yield make
    redis.close()
    mongoengine.disconnect_all()
