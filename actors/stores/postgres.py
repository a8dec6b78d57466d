"""A store for the processes of many machines: PostgreSQL, through psycopg.

A batch locks its rows one by one in SKU order (`SELECT … ORDER BY sku FOR UPDATE`, which locks
above the sort), so that two batches never wait for each other in a circle. Isolation is READ
COMMITTED: what a statement reads after it got its locks is what the last owner committed.

A worker that is frozen in a batch would keep its locks: the server ends a transaction that idles
for `idle_s`, and the worker, when it goes on, finds its connection closed and its batch undone.

A connection that is lost is opened again, for as long as `patience` lasts, when the next batch
begins; the batch in which it was lost is undone: whether its commit arrived is not known, and
playing it again tells.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from typing_extensions import override

from actors.errors import BatchUndone, StoreUnreachable, UsageError
from actors.stores.sql import COLUMNS, OLD_RUN, Cursor, SqlStore, tables
from actors.stores.store import StockRow

__all__ = ["PostgresStore"]

Connection = psycopg.Connection[tuple[Any, ...]]

FIRST_PAUSE: Final = 0.1  # seconds before connecting again; doubles up to
LONGEST_PAUSE: Final = 2.0
# Refused for good, in the server's words (libpq tells no code): waiting would not help.
FOR_GOOD: Final = ("password", "does not exist", "pg_hba.conf", "permission denied")
# What a broken network does to a connection: noticed after half a minute, not after hours.
NETWORK: Final[dict[str, str | int | None]] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "application_name": "stocksim",
}
# The same few statements again and again: planning each anew took longer than running it.
SETTINGS: Final = {"plan_cache_mode": "force_generic_plan"}

INSERT = """
    INSERT INTO stocksim_stock
    SELECT %s, sku, units, 0, 0, units, units, 0, 0, 0
    FROM unnest(%s::text[], %s::bigint[]) AS new (sku, units)
"""
LOCKED = f"""
    SELECT {COLUMNS} FROM stocksim_stock WHERE run = %s AND sku = ANY(%b) ORDER BY sku FOR UPDATE
"""  # noqa: S608 — our own names
# One look into the key for each id: `LIMIT` leaves the planner no other way. Where it believed
# a run to be small, as all are when it last counted, it read every outcome that the run had.
APPLIED = """
    SELECT old.order_id, old.outcome FROM unnest(%b::text[]) AS new (order_id), LATERAL (
        SELECT order_id, outcome FROM stocksim_outcomes
        WHERE run = %s AND order_id = new.order_id LIMIT 1) AS old
"""
UPDATE = """
    UPDATE stocksim_stock AS old SET
        on_hand = new.on_hand, reserved = new.reserved, version = old.version + 1,
        lowest = new.lowest, sold = new.sold, returned = new.returned, restocked = new.restocked
    FROM unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
        %b::bigint[], %b::bigint[])
        AS new (sku, on_hand, reserved, version, lowest, sold, returned, restocked)
    WHERE old.run = %s AND old.sku = new.sku AND old.version = new.version
"""
# Not `COPY`: a worker frozen in one is not idle to the server, and would keep its locks.
REMEMBER = """
    INSERT INTO stocksim_outcomes SELECT %s, * FROM unnest(%b::text[], %b::bytea[])
    ON CONFLICT DO NOTHING
"""


class PostgresStore(SqlStore):
    """A store in the database at `url`; its tables are made where they are missing.

    Args:
        url: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, with libpq's parameters behind `?`.
        patience: seconds for which a server that cannot be reached is tried again.
        idle_s: seconds after which the server ends a batch in which nothing happens.

    Raises:
        UsageError: not such a URL.
        StoreUnreachable: no connection, or no right to make or use the tables.
    """

    def __init__(self, url: str, *, patience: float = 30.0, idle_s: float = 10.0) -> None:
        try:
            given = conninfo_to_dict(url)
        except psycopg.ProgrammingError:  # its text quotes the URL, and with it the password
            raise UsageError(
                "not a PostgreSQL URL: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
                "with special characters as %XX"
            ) from None
        self._conninfo = make_conninfo("", **{**NETWORK, **given})
        self._where = (
            f"PostgreSQL at {given.get('host', 'localhost')}:{given.get('port', 5432)}, "
            f"database {given.get('dbname', 'by its user')!r}"
        )
        self._patience = patience
        self._idle_s = idle_s
        self._connection: Connection | None = None
        self._open_connection()

    # The connection.

    def _open_connection(self) -> Connection:
        """The connection, opened again if it was lost."""
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> Connection:
        """Connect and make the tables, again and again while the server cannot be reached."""
        deadline = time.monotonic() + self._patience
        pause, tried = FIRST_PAUSE, 0
        while True:
            tried += 1
            try:
                return self._connect_once()
            except psycopg.Error as error:
                refused = any(words in str(error) for words in FOR_GOOD)
                if refused or time.monotonic() + pause > deadline:
                    raise StoreUnreachable(self._unreachable(error, tried)) from error
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _connect_once(self) -> Connection:
        connection = psycopg.connect(self._conninfo, autocommit=True)
        try:
            for setting, value in SETTINGS.items():
                connection.execute("SELECT set_config(%s, %s, false)", (setting, value))
            idle = f"{int(1000 * self._idle_s)}ms"
            connection.execute(
                "SELECT set_config('idle_in_transaction_session_timeout', %s, false)", (idle,)
            )
            with connection.transaction():
                # Fails when another process is making them: the next try finds them made.
                connection.execute("SET LOCAL client_min_messages = warning")
                for statement in tables(text='text COLLATE "C"', blob="bytea"):
                    connection.execute(statement)
        except BaseException:
            connection.close()
            raise
        return connection

    def _unreachable(self, error: psycopg.Error, tried: int) -> str:
        return (
            f"{self._where}: {' '.join(str(error).split())} (tried {tried} times); "
            "is it running there, and are user, password and database those of the store?"
        )

    @override
    @contextmanager
    def _transaction(self, *, reads_only: bool = False) -> Iterator[Cursor]:
        connection = self._open_connection()
        try:
            with connection.transaction(), connection.cursor() as cursor:
                yield cast("Cursor", cursor)
        except psycopg.Error as error:
            if connection.closed or isinstance(error, psycopg.OperationalError):
                raise BatchUndone(f"PostgreSQL: {' '.join(str(error).split())}") from error
            raise

    # The dialect.

    @override
    def _insert(self, cursor: Cursor, run: str, stock: Mapping[str, int]) -> None:
        cursor.execute(INSERT, (run, list(stock), list(stock.values())))

    @override
    def _read(
        self, cursor: Cursor, run: str, skus: Collection[str], order_ids: Collection[str]
    ) -> tuple[bool, list[StockRow], list[tuple[str, bytes]]]:
        cursor.execute(LOCKED, (run, list(skus)))
        rows = list(map(StockRow._make, cursor.fetchall()))
        # Only now, each statement seeing what was committed before it, are these the last word.
        cursor.execute(OLD_RUN, (run,))
        there = bool(cursor.fetchall())
        cursor.execute(APPLIED, (list(order_ids), run))
        return there, rows, cursor.fetchall()

    @override
    def _update(self, cursor: Cursor, run: str, rows: Sequence[StockRow]) -> int:
        sku, on_hand, reserved, version, _initial, *counts = map(list, zip(*rows, strict=True))
        cursor.execute(UPDATE, (sku, on_hand, reserved, version, *counts, run))
        return cursor.rowcount

    @override
    def _remember(self, cursor: Cursor, run: str, outcomes: Mapping[str, bytes]) -> int:
        cursor.execute(REMEMBER, (run, list(outcomes), list(outcomes.values())))
        return cursor.rowcount

    @override
    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
