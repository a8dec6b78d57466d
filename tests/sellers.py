"""Processes that sell from one store at the same time, as workers do.

    python sellers.py URL SEED sell|hang

Every seller sells the same orders, each in an order of its own: all orders are duplicates of
somebody else's. `sell` sells them all; `hang` opens a batch, says so, and stays in it until it
is killed or told to go on; then it sells, and says how its first batch ended.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterable
from functools import partial
from typing import Final

from actors.errors import BatchUndone
from actors.stores.opening import open_store
from actors.stores.postgres import PostgresStore
from actors.stores.store import Batch, StockRow, Store

RUN: Final = "run-1"
STOCK: Final = {"APPLE": 40, "BREAD": 60, "CHEESE": 50}
ORDERS: Final = {f"order-{number}": list(STOCK)[number % len(STOCK)] for number in range(240)}
BATCH: Final = 8


def sell(batch: Batch, order_ids: Iterable[str]) -> None:
    """Sell a unit for each order that is new, while there are units; the rest is told 'none'."""
    rows: dict[str, StockRow] = {}
    outcomes: dict[str, bytes] = {}
    for order_id in order_ids:
        if order_id in batch.applied:
            continue
        sku = ORDERS[order_id]
        row = rows.get(sku) or batch.rows[sku]
        outcomes[order_id] = b"sold" if row.on_hand else b"none"
        if row.on_hand:
            left = row.on_hand - 1
            rows[sku] = row._replace(on_hand=left, lowest=left, sold=row.sold + 1)
    batch.write(rows.values(), outcomes)


def sell_all(store: Store, seed: int) -> None:
    """Sell every order, in batches, in an order of the seed's own."""
    order_ids = list(ORDERS)
    random.Random(seed).shuffle(order_ids)
    for start in range(0, len(order_ids), BATCH):
        ids = order_ids[start : start + BATCH]
        skus = {ORDERS[order_id] for order_id in ids}
        store.commit(RUN, skus, ids, partial(sell, order_ids=ids))


def hang(store: Store) -> str:
    """Open a batch of all products and stay in it until a line comes on stdin."""
    ids = list(ORDERS)[:BATCH]
    try:
        with store.batch(RUN, STOCK, ids) as batch:
            print("in the batch", flush=True)  # noqa: T201 — for the test
            sys.stdin.readline()
            sell(batch, ids)
    except BatchUndone as undone:
        return type(undone).__name__
    return "committed"


def wrong(store: Store) -> list[str]:
    """What does not add up after every order was sold by at least one seller."""
    outcomes = dict(store.outcomes(RUN))
    told = [ORDERS[order_id] for order_id, outcome in outcomes.items() if outcome == b"sold"]
    asked = list(ORDERS.values())
    found = [] if set(outcomes) == set(ORDERS) else ["not every order has an outcome"]
    for row in store.rows(RUN):
        due = min(row.initial, asked.count(row.sku))
        if not row.sold == told.count(row.sku) == due:
            found.append(f"{row.sku}: {row.sold} sold, {told.count(row.sku)} told, {due} due")
        if not row.on_hand == row.lowest == row.initial - row.sold >= 0:
            found.append(f"{row.sku}: {row}")
    return found


class Seller:
    """A seller in a process of its own."""

    def __init__(self, url: str, seed: int, what: str = "sell") -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, url, str(seed), what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_in_the_batch(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "in the batch\n"

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        if number == signal.SIGSTOP:
            os.waitpid(self.process.pid, os.WUNTRACED)

    def finish(self) -> str:
        """Let it go on to its end; what it said last."""
        said, complaints = self.process.communicate("go on\n", timeout=60)
        assert self.process.returncode == 0, complaints
        return said.split("\n")[-2]


def main(url: str, seed: str, what: str) -> None:
    """What a seller's process does."""
    store = open_store(url)
    if isinstance(store, PostgresStore):
        store.close()
        store = PostgresStore(url, idle_s=0.5)  # nobody should wait long for one that hangs
    ending = hang(store) if what == "hang" else ""
    sell_all(store, int(seed))
    store.close()
    print(ending)  # noqa: T201 — for the test


if __name__ == "__main__":
    main(*sys.argv[1:])
