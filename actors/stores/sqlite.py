"""A store in one file, for the processes of one machine: SQLite.

SQLite has one writer at a time: a batch takes the file's write lock at its start, which is also
the lock of every row. Readers go on meanwhile (write-ahead log). A commit is on the disk when it
returns (`synchronous = FULL`): an order that was acknowledged after it survives a power failure.

A worker that dies lets go of the lock; one that is frozen (SIGSTOP) in a batch keeps it until it
goes on, and the others wait as long as their patience lasts. Where that matters: PostgreSQL.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import cast

from typing_extensions import override

from actors.errors import StoreUnreachable, UsageError
from actors.stores.sql import COLUMNS, Cursor, SqlStore, tables
from actors.stores.store import StockRow

__all__ = ["SqliteStore"]

INSERT = "INSERT INTO stocksim_stock VALUES (?, ?, ?, 0, 0, ?, ?, 0, 0, 0)"
READ = f"""
    SELECT {COLUMNS} FROM stocksim_stock
    WHERE run = ? AND sku IN (SELECT value FROM json_each(?)) ORDER BY sku
"""  # noqa: S608 — our own names
APPLIED = """
    SELECT order_id, outcome FROM stocksim_outcomes
    WHERE run = ? AND order_id IN (SELECT value FROM json_each(?))
"""
UPDATE = """
    UPDATE stocksim_stock SET on_hand = ?, reserved = ?, version = version + 1, lowest = ?,
        sold = ?, returned = ?, restocked = ?
    WHERE run = ? AND sku = ? AND version = ?
"""
REMEMBER = "INSERT INTO stocksim_outcomes VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


class SqliteStore(SqlStore):
    """A store in the file at `path`, made where there is none; its folder must be there.

    Args:
        path: the file. Processes share it by name, so it cannot be `:memory:`.
        patience: seconds to wait for another process that is writing.

    Raises:
        UsageError: the path cannot be a file that processes share.
        StoreUnreachable: it cannot be opened, or is not an SQLite database.
    """

    def __init__(self, path: str, *, patience: float = 30.0) -> None:
        if path.startswith(("//", ":memory:", "file:")) or "\0" in path:
            raise UsageError(
                f"'sqlite:{path}' names no file: write sqlite:PATH, as sqlite:stock.db"
            )
        self._path = path
        self._patience = patience
        with self._explained():
            # autocommit: transactions begin where we say so
            self._connection = sqlite3.connect(
                path, timeout=patience, isolation_level=None, check_same_thread=False
            )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        with self._explained():
            self._write_ahead()
            self._connection.execute("PRAGMA synchronous = FULL")
        with self._transaction() as cursor:
            for statement in tables(text="text", blob="blob"):
                cursor.execute(statement, ())

    def _write_ahead(self) -> None:
        """Switch to the write-ahead log, once for all; SQLite itself does not wait for that."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the file, told with its name."""
        try:
            yield
        except sqlite3.Error as error:
            advice = "is it a database that this user may write, on a disk with room?"
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                advice = f"another process has been writing for {self._patience:g} s"
            raise StoreUnreachable(f"sqlite:{self._path}: {error}: {advice}") from error

    @override
    @contextmanager
    def _transaction(self, *, reads_only: bool = False) -> Iterator[Cursor]:
        cursor = self._connection.cursor()
        with self._explained():
            cursor.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")
            try:
                yield cast("Cursor", cursor)
                cursor.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                    cursor.execute("ROLLBACK")
                raise
            finally:
                cursor.close()

    @override
    def _sql(self, statement: str) -> str:
        return statement.replace("%s", "?")

    @override
    def _insert(self, cursor: Cursor, run: str, stock: Mapping[str, int]) -> None:
        rows = ((run, sku, units, units, units) for sku, units in stock.items())
        cursor.executemany(INSERT, rows)

    @override
    def _read(
        self, cursor: Cursor, run: str, skus: Collection[str], order_ids: Collection[str]
    ) -> tuple[bool, list[StockRow], list[tuple[str, bytes]]]:
        cursor.execute("SELECT 1 FROM stocksim_runs WHERE run = ?", (run,))
        there = bool(cursor.fetchall())
        cursor.execute(READ, (run, json.dumps(list(skus))))
        rows = list(map(StockRow._make, cursor.fetchall()))
        cursor.execute(APPLIED, (run, json.dumps(list(order_ids))))
        return there, rows, cursor.fetchall()

    @override
    def _update(self, cursor: Cursor, run: str, rows: Sequence[StockRow]) -> int:
        cursor.executemany(
            UPDATE,
            (
                (
                    *(row.on_hand, row.reserved, row.lowest),
                    *(row.sold, row.returned, row.restocked),
                    *(run, row.sku, row.version),
                )
                for row in rows
            ),
        )
        return cursor.rowcount

    @override
    def _remember(self, cursor: Cursor, run: str, outcomes: Mapping[str, bytes]) -> int:
        cursor.executemany(
            REMEMBER, ((run, order_id, outcome) for order_id, outcome in outcomes.items())
        )
        return cursor.rowcount

    @override
    def close(self) -> None:
        self._connection.close()
