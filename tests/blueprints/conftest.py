"""Fixtures for the web layer: one application a test, on stores of its own."""

from collections.abc import Iterator

import mongoengine
import pytest

from app.models.connection import connect
from tests.blueprints.site import Browser, Site, build_site, settings_for


@pytest.fixture
def stores(clean_redis_url: str, indexed_mongodb_uri: str) -> Iterator[tuple[str, str]]:
    """Redis and MongoDB addresses, empty and with indexes."""
    connect(indexed_mongodb_uri)
    yield clean_redis_url, indexed_mongodb_uri
    mongoengine.disconnect_all()


@pytest.fixture
def site(stores: tuple[str, str]) -> Iterator[Site]:
    site = build_site(settings_for(*stores))
    yield site
    site.redis.close()


@pytest.fixture
def visitor(site: Site) -> Browser:
    return site.browser()
