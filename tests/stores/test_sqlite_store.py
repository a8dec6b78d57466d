"""What is particular to a store in a file."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sellers import RUN, STOCK, Seller, sell_all, wrong

from actors.errors import StoreUnreachable, UsageError
from actors.stores.sqlite import SqliteStore

pytest_plugins = ("server_fixtures",)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "stock.db")


@pytest.fixture
def store(path: str) -> Iterator[SqliteStore]:
    """A store with the sellers' run that does not wait long."""
    store = SqliteStore(path, patience=0.2)
    store.create(RUN, STOCK)
    yield store
    store.close()


def test_a_frozen_worker_holds_everybody_up_until_it_goes_on(
    store: SqliteStore, path: str, sellers: list[Seller]
) -> None:
    frozen = Seller(f"sqlite:{path}", 1, "hang")
    sellers.append(frozen)
    frozen.wait_until_in_the_batch()
    frozen.signal(signal.SIGSTOP)
    with pytest.raises(StoreUnreachable, match=r"stock\.db: .* has been writing for 0.2 s"):
        sell_all(store, seed=2)
    frozen.signal(signal.SIGCONT)
    assert frozen.finish() == "committed"
    assert wrong(store) == []


def test_readers_do_not_wait_for_a_writer(store: SqliteStore, path: str) -> None:
    writer = SqliteStore(path)
    with writer.batch(RUN, STOCK, ["order-1"]) as batch:
        batch.write([batch.rows["BREAD"]._replace(on_hand=0)], {"order-1": b"sold"})
        assert {row.sku: row.on_hand for row in store.rows(RUN)} == STOCK
        assert list(store.outcomes(RUN)) == []
    writer.close()


def test_a_commit_waits_for_the_disk(store: SqliteStore) -> None:
    full = 2
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (full,)
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_is_no_database_is_left_as_it_is(path: str) -> None:
    Path(path).write_text("my shopping list\n" * 100)
    with pytest.raises(StoreUnreachable, match=r"stock\.db: file is not a database"):
        SqliteStore(path)
    assert Path(path).read_text() == "my shopping list\n" * 100


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match=r"nowhere/stock\.db: unable to open"):
        SqliteStore(str(tmp_path / "nowhere" / "stock.db"))


@pytest.mark.parametrize("path", [":memory:", "//host/stock.db", "///stock.db", "file:x", "a\0b"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="names no file: write sqlite:PATH"):
        SqliteStore(path)
