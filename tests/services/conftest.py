"""Fixtures for the services: the stores of one test, and the world of people on them."""

from collections.abc import Iterator

import mongoengine
import pytest

from app.models.connection import connect, ensure_indexes
from tests.services.world import World


@pytest.fixture
def world(clean_redis_url: str, clean_mongodb_uri: str) -> Iterator[World]:
    connect(clean_mongodb_uri)
    ensure_indexes()
    world = World(clean_redis_url)
    yield world
    world.close()
    mongoengine.disconnect_all()
