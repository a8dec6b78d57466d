"""A broker and a PostgreSQL of the tests' own: started once a process, running at each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from private_broker import PrivateBroker
from private_postgres import PrivatePostgres
from private_server import private
from sellers import RUN, STOCK, Seller

from actors.stores.opening import open_store
from actors.stores.store import Store


@pytest.fixture(scope="session")
def broker_server() -> Iterator[PrivateBroker]:
    """The broker; tests that talk to it take `broker`."""
    server = private(PrivateBroker)
    yield server
    server.close()


@pytest.fixture
def broker(broker_server: PrivateBroker) -> PrivateBroker:
    """A running broker, which the test may stop and kill; others' queues may be on it."""
    if not broker_server.running:
        broker_server.start()
    return broker_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PrivatePostgres]:
    """The PostgreSQL server; tests that talk to it take `postgres` or `postgres_url`."""
    server = private(PrivatePostgres)
    yield server
    server.close()


@pytest.fixture
def postgres(postgres_server: PrivatePostgres) -> PrivatePostgres:
    """A running server, which the test may stop and kill."""
    if not postgres_server.running:
        postgres_server.start()
    return postgres_server


@pytest.fixture
def postgres_url(postgres: PrivatePostgres) -> str:
    """The URL of an empty database of the test's own."""
    return postgres.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store; the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path}/stock.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def open_another(store_url: str) -> Iterator[Callable[[], Store]]:
    """Opens the store, as often as the test likes, each time on a connection of its own."""
    opened: list[Store] = []

    def make() -> Store:
        opened.append(open_store(store_url, patience=5))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def selling_store(open_another: Callable[[], Store]) -> Store:
    """A store with the sellers' run."""
    store = open_another()
    store.create(RUN, STOCK)
    return store


@pytest.fixture
def sellers() -> Iterator[list[Seller]]:
    """Sellers that end with the test."""
    running: list[Seller] = []
    yield running
    for seller in running:
        seller.process.kill()
        seller.process.communicate()
