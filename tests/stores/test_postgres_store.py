"""What PostgreSQL adds: locks that a frozen worker loses, the fence behind them, reconnecting."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from threading import Thread

import psycopg
import pytest
from private_postgres import PrivatePostgres
from private_server import until
from sellers import BATCH, ORDERS, RUN, STOCK, Seller, sell, sell_all, wrong

from actors.errors import Fenced, StoreUnreachable, UsageError
from actors.stores import postgres
from actors.stores.postgres import PostgresStore
from actors.stores.store import Batch

pytest_plugins = ("server_fixtures",)

OpenPostgres = Callable[[], PostgresStore]
IDS = list(ORDERS)


@pytest.fixture
def open_postgres(postgres_url: str) -> Iterator[OpenPostgres]:
    """Opens the store, each time on a connection of its own."""
    opened: list[PostgresStore] = []

    def make() -> PostgresStore:
        opened.append(PostgresStore(postgres_url, patience=20))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(open_postgres: OpenPostgres) -> PostgresStore:
    """A store with the sellers' run."""
    store = open_postgres()
    store.create(RUN, STOCK)
    return store


def test_a_frozen_worker_loses_its_locks_and_its_batch_and_nothing_is_sold_twice(
    store: PostgresStore, postgres_url: str, sellers: list[Seller]
) -> None:
    frozen = Seller(postgres_url, 1, "hang")
    sellers.append(frozen)
    frozen.wait_until_in_the_batch()
    frozen.signal(signal.SIGSTOP)
    sell_all(store, seed=2)
    frozen.signal(signal.SIGCONT)
    assert frozen.finish() == "BatchUndone"
    assert wrong(store) == []


def sell_with_a_zombie(zombie: PostgresStore, successor: PostgresStore) -> None:
    """The zombie is overtaken by its successor between reading and writing."""
    try:
        with zombie.batch(RUN, STOCK, IDS[:BATCH]) as batch:
            overtaken = IDS[BATCH : 2 * BATCH]
            successor.commit(RUN, STOCK, overtaken, lambda batch: sell(batch, overtaken))
            sell(batch, IDS[:BATCH])
    finally:
        sell_all(successor, seed=1)


def test_the_fence_holds_where_locks_do_not(
    open_postgres: OpenPostgres, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOCKED", unlocked())
    with pytest.raises(Fenced):
        sell_with_a_zombie(open_postgres(), store)
    assert wrong(store) == []


def test_without_the_fence_stock_would_be_wrong(
    open_postgres: OpenPostgres, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fence = "AND old.version = new.version"
    assert fence in postgres.UPDATE
    monkeypatch.setattr(postgres, "LOCKED", unlocked())
    monkeypatch.setattr(postgres, "UPDATE", postgres.UPDATE.replace(fence, ""))
    sell_with_a_zombie(open_postgres(), store)
    assert len(wrong(store)) >= 1


def unlocked() -> str:
    assert "FOR UPDATE" in postgres.LOCKED
    return postgres.LOCKED.replace("FOR UPDATE", "")


def test_batches_that_share_products_wait_instead_of_undoing_each_other(
    postgres: PrivatePostgres, store: PostgresStore, open_postgres: OpenPostgres
) -> None:
    plays: list[Batch] = []
    waiting = Thread(target=open_postgres().commit, args=(RUN, ["BREAD"], [], plays.append))
    with psycopg.connect(postgres.url, autocommit=True) as observer:

        def somebody_waits() -> bool:
            waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            return observer.execute(waits).fetchone() is not None

        with store.batch(RUN, ["BREAD", "APPLE"], []) as batch:
            waiting.start()
            until(somebody_waits, within=10, what="the second batch waits for the first")
            batch.write([batch.rows["BREAD"]._replace(on_hand=7)], {})
    waiting.join()
    assert [batch.rows["BREAD"].on_hand for batch in plays] == [7]  # once, and up to date


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_batch_in_which_the_server_went_down_is_played_again(
    postgres: PrivatePostgres, store: PostgresStore, end: str
) -> None:
    downs: list[int] = []

    def play(batch: Batch) -> None:
        if not downs:
            downs.append(1)
            getattr(postgres, end)()
            postgres.start()
        sell(batch, IDS[:BATCH])

    store.commit(RUN, STOCK, IDS[:BATCH], play)
    sell_all(store, seed=3)
    assert wrong(store) == []


def test_a_connection_lost_between_batches_is_opened_again(
    postgres: PrivatePostgres, store: PostgresStore
) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as operator:
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'stocksim'"
        )
    sell_all(store, seed=4)
    assert wrong(store) == []


def test_a_server_that_is_not_there_is_told_with_its_address_and_no_password() -> None:
    url = "postgresql://shop:secret-word@127.0.0.1:1/stock"
    with pytest.raises(StoreUnreachable) as caught:
        PostgresStore(url, patience=0.5)
    told = str(caught.value)
    assert "PostgreSQL at 127.0.0.1:1, database 'stock'" in told
    assert "tried 3 times" in told
    assert "secret-word" not in told
    assert "\n" not in told


def test_what_the_server_refuses_is_not_tried_again(postgres: PrivatePostgres) -> None:
    wrong_password = postgres.url.replace("tests:", "tests:wrong")
    no_database = postgres.url.removesuffix("postgres") + "nowhere"
    for url, reason in ((wrong_password, "password"), (no_database, '"nowhere" does not exist')):
        with pytest.raises(StoreUnreachable, match=f"{reason}.*tried 1 times"):
            PostgresStore(url, patience=60)


@pytest.mark.parametrize("rest", ["shop:secret%word@host/db", "shop:secret@host:99x/db?nope=1"])
def test_a_url_that_cannot_be_read_is_not_quoted(rest: str) -> None:
    with pytest.raises(UsageError) as caught:
        PostgresStore("postgresql://" + rest)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
