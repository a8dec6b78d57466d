"""What both stores have in common: the tables, and the statements that need no dialect.

Written with psycopg's `%s`; SQLite's placeholders are put in where it differs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Protocol

from typing_extensions import override

from actors.errors import Fenced, RunDiffers, UnknownRun
from actors.stores.store import Batch, StockRow, Store, again

__all__ = ["COLUMNS", "Cursor", "SqlStore", "tables"]

COLUMNS: Final = ", ".join(StockRow._fields)
PAGE: Final = 1_000  # outcomes read at a time

NEW_RUN = "INSERT INTO stocksim_runs (run) VALUES (%s) ON CONFLICT DO NOTHING"
OLD_RUN = "SELECT 1 FROM stocksim_runs WHERE run = %s"
ROWS = f"SELECT {COLUMNS} FROM stocksim_stock WHERE run = %s ORDER BY sku"  # noqa: S608 — our own names
OUTCOMES = """
    SELECT order_id, outcome FROM stocksim_outcomes
    WHERE run = %s AND order_id > %s ORDER BY order_id LIMIT %s
"""
FORGET = (
    "DELETE FROM stocksim_runs WHERE run = %s",  # first: who locks a row afterwards finds no run
    "DELETE FROM stocksim_stock WHERE run = %s",
    "DELETE FROM stocksim_outcomes WHERE run = %s",
)


def tables(*, text: str, blob: str) -> tuple[str, ...]:
    """The statements that make the tables, with the dialect's types; made already is fine."""
    return (
        f"CREATE TABLE IF NOT EXISTS stocksim_runs (run {text} PRIMARY KEY)",
        f"""CREATE TABLE IF NOT EXISTS stocksim_stock (
            run {text}, sku {text}, on_hand bigint NOT NULL, reserved bigint NOT NULL,
            version bigint NOT NULL, initial bigint NOT NULL, lowest bigint NOT NULL,
            sold bigint NOT NULL, returned bigint NOT NULL, restocked bigint NOT NULL,
            PRIMARY KEY (run, sku))""",
        f"""CREATE TABLE IF NOT EXISTS stocksim_outcomes (
            run {text}, order_id {text}, outcome {blob} NOT NULL, PRIMARY KEY (run, order_id))""",
    )


class Cursor(Protocol):
    """The part of Python's database interface (PEP 249) that is used here."""

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""

    def execute(self, sql: str, parameters: Sequence[object], /) -> object:
        """Run a statement."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[object]], /) -> object:
        """Run a statement for each of the parameters; `rowcount` is then their sum."""

    def fetchall(self) -> list[Any]:
        """The rows that the last statement found."""


class SqlStore(Store):
    """A store in a relational database; a subclass adds its transactions and its dialect."""

    @abstractmethod
    def _transaction(self, *, reads_only: bool = False) -> AbstractContextManager[Cursor]:
        """A transaction. Errors that trying again may mend come out as BatchUndone."""

    def _sql(self, statement: str) -> str:
        return statement

    @abstractmethod
    def _insert(self, cursor: Cursor, run: str, stock: Mapping[str, int]) -> None:
        """Insert the rows of a new run."""

    @abstractmethod
    def _read(
        self, cursor: Cursor, run: str, skus: Collection[str], order_ids: Collection[str]
    ) -> tuple[bool, list[StockRow], list[tuple[str, bytes]]]:
        """Lock the run's rows in SKU order; whether the run is there, the rows, the outcomes."""

    @abstractmethod
    def _update(self, cursor: Cursor, run: str, rows: Sequence[StockRow]) -> int:
        """Write the rows whose version is still the same; how many there were."""

    @abstractmethod
    def _remember(self, cursor: Cursor, run: str, outcomes: Mapping[str, bytes]) -> int:
        """Store the outcomes of orders that have none; how many there were."""

    @override
    def create(self, run: str, stock: Mapping[str, int]) -> bool:
        return again(lambda: self._create_or_compare(run, stock))

    def _create_or_compare(self, run: str, stock: Mapping[str, int]) -> bool:
        with self._transaction() as cursor:
            cursor.execute(self._sql(NEW_RUN), (run,))
            if cursor.rowcount:
                self._insert(cursor, run, stock)
                return True
            cursor.execute(self._sql(ROWS), (run,))
            before = {row.sku: row.initial for row in map(StockRow._make, cursor.fetchall())}
        if before != stock:
            raise RunDiffers(
                f"the store has a run {run!r} with other products or other stock: "
                "continue it with the scenario that it was made from, or give this run another id"
            )
        return False

    @override
    @contextmanager
    def batch(self, run: str, skus: Collection[str], order_ids: Collection[str]) -> Iterator[Batch]:
        with self._transaction() as cursor:
            there, rows, outcomes = self._read(cursor, run, skus, order_ids)
            if not there:
                raise _unknown(run)
            yield SqlBatch(self, cursor, run, rows, outcomes)

    @override
    def rows(self, run: str) -> list[StockRow]:
        def read() -> list[StockRow]:
            with self._transaction(reads_only=True) as cursor:
                cursor.execute(self._sql(OLD_RUN), (run,))
                if not cursor.fetchall():
                    raise _unknown(run)
                cursor.execute(self._sql(ROWS), (run,))
                return list(map(StockRow._make, cursor.fetchall()))

        return again(read)

    @override
    def outcomes(self, run: str) -> Iterator[tuple[str, bytes]]:
        last = ""
        while page := self._page(run, last):
            yield from page
            last = page[-1][0]

    def _page(self, run: str, last: str) -> list[tuple[str, bytes]]:
        def read() -> list[tuple[str, bytes]]:
            with self._transaction(reads_only=True) as cursor:
                cursor.execute(self._sql(OUTCOMES), (run, last, PAGE))
                return cursor.fetchall()

        return again(read)

    @override
    def forget(self, run: str) -> None:
        def delete() -> None:
            with self._transaction() as cursor:
                for statement in FORGET:
                    cursor.execute(self._sql(statement), (run,))

        again(delete)


class SqlBatch(Batch):
    """A batch within its store's open transaction."""

    def __init__(
        self,
        store: SqlStore,
        cursor: Cursor,
        run: str,
        rows: Iterable[StockRow],
        outcomes: Iterable[tuple[str, bytes]],
    ) -> None:
        self._store = store
        self._cursor = cursor
        self._run = run
        self.rows = {row.sku: row for row in rows}
        self.applied = dict(outcomes)

    @override
    def write(self, rows: Iterable[StockRow], outcomes: Mapping[str, bytes]) -> None:
        changed = list(rows)
        store, cursor, run = self._store, self._cursor, self._run
        if changed and store._update(cursor, run, changed) != len(changed):  # noqa: SLF001 — its other half
            raise Fenced(f"run {run!r}: somebody else has written a row of this batch")
        if outcomes and store._remember(cursor, run, outcomes) != len(outcomes):  # noqa: SLF001
            raise Fenced(f"run {run!r}: an order of this batch has its outcome already")


def _unknown(run: str) -> UnknownRun:
    return UnknownRun(
        f"the store has no run {run!r}: give workers the same --store as the run itself"
    )
