"""A broker and a PostgreSQL of the tests' own: started once a process, running at each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from private_broker import PrivateBroker
from private_postgres import PrivatePostgres
from private_server import private


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
