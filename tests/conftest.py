"""Fixtures for everybody: real servers, started once a run on free ports, emptied for each test that asks."""

import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter
from pymongo import MongoClient
from pymongo.database import Database
from redis import Redis

from dev.embedded import EmbeddedMongo, EmbeddedValkey
from tests.redis_cluster import Servers, cluster_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", metavar="N/M", help="of the files every M-th, from the N-th on: for M runs side by side")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``make test`` gives what fails a second try; both are told. See docs/decisions/0050."""
    if os.environ.get("SECOND_TRY"):
        for item in items:
            item.add_marker(pytest.mark.flaky(reruns=1))
    if part := config.getoption("--part"):
        _keep(part, config, items)


def _keep(part: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    number, parts = map(int, part.split("/"))
    files = sorted({item.path for item in items})
    kept = set(files[number - 1 :: parts])
    config.hook.pytest_deselected(items=[item for item in items if item.path not in kept])
    items[:] = [item for item in items if item.path in kept]


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """What failed at first and passed then is not lost: somebody should ask why."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"failed at the first try: {report.nodeid}", sep="_", yellow=True)
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(scope="session")
def embedded_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """The run's Valkey itself, for tests that look at the process; who kills it starts it again."""
    with EmbeddedValkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="session")
def embedded_mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedMongo]:
    """The run's MongoDB stand-in itself, for tests that look at the process; who kills it starts it again."""
    with EmbeddedMongo(tmp_path_factory.mktemp("mongodb")) as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(embedded_valkey: EmbeddedValkey) -> str:
    """The address of the run's Valkey; it may hold what an earlier test left."""
    return embedded_valkey.url


@pytest.fixture(scope="session")
def mongodb_uri(embedded_mongo: EmbeddedMongo) -> str:
    """The address of the run's MongoDB stand-in, with a database that tests share."""
    return embedded_mongo.uri


@pytest.fixture(scope="session")
def embedded_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A Redis Cluster of three masters that tests share; who kills one makes a cluster of their own."""
    with cluster_of(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture
def clean_cluster_url(embedded_cluster: Servers) -> str:
    """The address of that cluster, emptied of keys and scripts."""
    embedded_cluster.empty()
    return embedded_cluster.url


@pytest.fixture
def clean_redis_url(redis_url: str) -> str:
    """The same Valkey, emptied of keys and scripts before this test."""
    with Redis.from_url(redis_url) as client:
        client.flushall()
        client.script_flush()
    return redis_url


@pytest.fixture
def clean_mongodb_uri(embedded_mongo: EmbeddedMongo) -> Iterator[str]:
    """The address of a database that only this test has; dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    uri = embedded_mongo.uri_of(name)
    yield uri
    with MongoClient(uri) as client:
        client.drop_database(name)


@pytest.fixture(scope="session")
def _indexed(embedded_mongo: EmbeddedMongo) -> Iterator[tuple[str, Database[Any]]]:
    """A database with every index, made once: that takes longer than most tests."""
    uri = embedded_mongo.uri_of(f"indexed_{secrets.token_hex(6)}")
    _index(uri)
    with MongoClient[Any](uri) as client:
        yield uri, client.get_default_database()


@pytest.fixture
def indexed_mongodb_uri(_indexed: tuple[str, Database[Any]]) -> str:
    """The address of a database with every index and no document, which tests have one after the other.

    Who changes its indexes takes ``changed_indexes``, too.
    """
    uri, database = _indexed
    for name in database.list_collection_names():
        database[name].delete_many({})
    return uri


@pytest.fixture
def changed_indexes(_indexed: tuple[str, Database[Any]]) -> Iterator[None]:
    """Those of ``indexed_mongodb_uri`` are made anew after this test."""
    yield
    uri, database = _indexed
    database.client.drop_database(database.name)
    _index(uri)


def _index(uri: str) -> None:
    from app.models.connection import connect, ensure_indexes

    connect(uri)
    ensure_indexes()
