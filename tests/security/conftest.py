"""One running server for each file of this folder, and people with tokens who attack it."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import mongoengine
import pytest
from mongoengine.connection import get_db
from redis import Redis

from app.models.accounts import now
from app.models.connection import connect
from dev.embedded import EmbeddedMongo
from tests.blueprints.conftest import site, stores, visitor
from tests.installation import Installation, Web
from tests.system.conftest import Person, group_of, signing_in

__all__ = ["site", "stores", "visitor"]

MOVES_BY_ITSELF = ("devices", "figures", "lease_epochs")
"""Collections that change although nobody asks for anything: who was seen when, how much was done, who commits."""
UNSEEN = {"last_seen": 0, "head": 0}
"""And fields: ``head`` is a hint that is written now and then."""
ATTACKER = "Eve"


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, embedded_mongo: EmbeddedMongo
) -> Iterator[Installation]:
    with Redis.from_url(redis_url) as client:
        client.flushall()
    uri = embedded_mongo.uri_of(f"security_{secrets.token_hex(6)}")
    with Installation(tmp_path_factory.mktemp("security"), redis_url, uri) as installation:
        connect(uri)
        yield installation
        mongoengine.disconnect_all()


@pytest.fixture(scope="module")
def web(installation: Installation) -> Web:
    return installation.web()


@pytest.fixture(scope="module")
def person(installation: Installation) -> Iterator[Callable[[str], Person]]:
    """Make a person who is signed in."""
    with signing_in(installation.environment, onboarded_at=now()) as make:
        yield make


@pytest.fixture(scope="module")
def group(installation: Installation) -> Callable[..., str]:
    """Make a group whose log is empty, and whose owner is the first; answers its id."""
    return group_of


@pytest.fixture
def stored(installation: Installation) -> Callable[[], dict[str, str]]:
    """What MongoDB holds at the moment: a hash of each collection, without what moves by itself."""

    def look() -> dict[str, str]:
        database: Any = get_db()
        names = sorted(set(database.list_collection_names()) - set(MOVES_BY_ITSELF))
        # The attackers are many, because each may say only so much, and their accounts are no harm done.
        return {
            name: _hash(database[name].find({"name": {"$ne": ATTACKER}}, UNSEEN, sort=[("_id", 1)])) for name in names
        }

    return look


def _hash(documents: Any) -> str:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(repr(document).encode(errors="surrogatepass"))
    return digest.hexdigest()
