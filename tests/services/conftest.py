"""Fixtures for the services: the stores of one test, and the world of people on them."""

from collections.abc import Iterator

import mongoengine
import pytest

from app.models.connection import connect
from tests.push_service import PushService
from tests.services.away import Away
from tests.services.world import World


@pytest.fixture
def world(clean_redis_url: str, indexed_mongodb_uri: str) -> Iterator[World]:
    connect(indexed_mongodb_uri)
    world = World(clean_redis_url)
    yield world
    world.close()
    mongoengine.disconnect_all()


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.close()
    assert service.complaints == []


@pytest.fixture
def away(world: World, service: PushService) -> Away:
    return Away(world, service)
