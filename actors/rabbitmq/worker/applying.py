"""What orders do to stock, a batch at a time, by the actors of the story.

A batch is one transaction of the store. Inside it, the processor and the inventories that play
a scenario everywhere else play the batch's orders, in memory and in no time, with the rows'
stock on their shelves; what they decide is written back. So an order has the same effect
wherever it is played, and the database decides nothing but who comes first.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec

from actors.inventory import Inventory
from actors.measure.meters import BusyTime
from actors.messages import Done, Fulfilment, Processed, Ready, Serve
from actors.processor import Processor
from actors.rabbitmq.both.wire import OrderEnd, StoredOrder, decode, encode
from actors.rabbitmq.worker.server_pool import DeliveredOrder
from actors.runtime.actor import Actor, receives
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.written_distributions import parse_distribution
from actors.stores.store import Batch, StockRow, Store

__all__ = ["Applied", "Applier", "UnknownProduct", "play_orders"]

AT_ONCE: Final = parse_distribution("0ms")


class UnknownProduct(Exception):
    """An order names a product that the run does not have; its text is the SKU."""


class OneByOne(Actor[Ready | Done]):
    """Stands in for the router: hands the processor one order after the other."""

    def __init__(self, serves: Iterable[Serve]) -> None:
        super().__init__()
        self._serves = deque(serves)

    @receives(Ready, Done)
    def free(self, free: Ready | Done) -> None:
        """The processor is free."""
        if self._serves:
            free.processor.tell(self._serves.popleft())


class EndedOrders(Actor[Processed]):
    """Stands in for the collector: keeps what the processor tells of each order."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Processed] = []

    @receives(Processed)
    def processed(self, done: Processed) -> None:
        """Keep it."""
        self.told.append(done)


class Applied(NamedTuple):
    """What a batch came to: each order's end, and how many had not ended before."""

    ends: Mapping[str, OrderEnd]
    new: int


class Applier:
    """Applies orders of one run to its stock, for one worker.

    Args:
        store: where the run's stock is.
        run: its id.
        worker: who says so in the outcomes.
        fulfilment: what happens when stock is short.
    """

    def __init__(self, store: Store, run: str, worker: str, fulfilment: Fulfilment) -> None:
        self._store = store
        self._run = run
        self._worker = worker
        self._fulfilment = fulfilment
        self.undone = 0  # transactions that were played in vain

    def apply(self, orders: Sequence[DeliveredOrder], now: float) -> Applied:
        """Have the orders' effect on stock, once, and find the end of each.

        An order that had its effect before, through whatever worker, has its end of then.

        Raises:
            UnknownProduct: an order names a product that the run does not have; nothing is done.
            StoreUnreachable: the store cannot be reached; nothing is known to be done.
        """
        skus = {line.sku for each in orders for line in each.order.lines}
        ids = {each.order.id for each in orders}
        tries = itertools.count()

        def play(batch: Batch) -> Applied:
            next(tries)
            return self._play(orders, now, batch)

        applied = self._store.commit(self._run, skus, ids, play)
        self.undone += next(tries) - 1
        return applied

    def _play(self, orders: Sequence[DeliveredOrder], now: float, batch: Batch) -> Applied:
        """Play the orders that are new; may be called again, after a transaction was undone."""
        due: dict[str, DeliveredOrder] = {}
        for each in orders:
            if each.order.id not in batch.applied:
                due.setdefault(each.order.id, each)
        before = {order_id: _end_of(stored) for order_id, stored in batch.applied.items()}
        if not due:
            return Applied(before, 0)
        rows, stories = play_orders(
            [each.job.serve() for each in due.values()], batch.rows, self._fulfilment
        )
        ends = {
            done.serve.order.id: self._end(due[done.serve.order.id], done, now) for done in stories
        }
        # Whoever made a row empty for the first time is told with the last order that took of it.
        for sku in [sku for sku, row in rows.items() if row.lowest <= 0 < batch.rows[sku].lowest]:
            last = next(d for d in reversed(stories) if sku in _skus(d)).serve.order.id
            ends[last] = msgspec.structs.replace(ends[last], sold_out=(*ends[last].sold_out, sku))
        stored = {
            order_id: encode(StoredOrder(job=due[order_id].job, end=end))
            for order_id, end in ends.items()
        }
        changed = [row for sku, row in rows.items() if row != batch.rows[sku]]
        batch.write(changed, stored)
        return Applied({**before, **ends}, len(ends))

    def _end(self, delivered: DeliveredOrder, done: Processed, now: float) -> OrderEnd:
        return OrderEnd(
            worker=self._worker,
            status=done.status,
            reason=done.reason,
            short=done.short,
            filled=done.filled,
            queued=delivered.queued,
            busy_s=delivered.busy,
            held_s=now - delivered.taken,
        )


def _end_of(outcome: bytes) -> OrderEnd:
    stored = decode(outcome)
    assert isinstance(stored, StoredOrder)  # noqa: S101 — nothing else is ever stored
    return stored.end


def _skus(done: Processed) -> set[str]:
    return {line.sku for line in done.serve.order.lines}


def play_orders(
    serves: Sequence[Serve], rows: Mapping[str, StockRow], fulfilment: Fulfilment
) -> tuple[dict[str, StockRow], list[Processed]]:
    """What orders, one after the other, leave of some stock, and how each of them ends.

    Args:
        serves: the orders.
        rows: the stock of every product in them, by SKU.
        fulfilment: what happens when stock is short.

    Raises:
        UnknownProduct: the stock of a product is missing.
    """
    skus = {line.sku for serve in serves for line in serve.order.lines}
    for sku in skus:
        if sku not in rows:
            raise UnknownProduct(sku)
    runtime = VirtualRuntime()
    inventories = {
        sku: runtime.enlist(
            f"inventory/{sku}", partial(Inventory, sku, rows[sku].on_hand, AT_ONCE, BusyTime())
        )
        for sku in skus
    }
    collector = runtime.enlist("collector", EndedOrders)
    router = runtime.enlist("router", partial(OneByOne, serves))
    runtime.enlist(
        "processor/1",
        partial(
            Processor,
            router.actor_ref,
            {sku: inventory.actor_ref for sku, inventory in inventories.items()},
            collector.actor_ref,
            BusyTime(),
            service_time=AT_ONCE,
            line_time=AT_ONCE,
            fulfilment=fulfilment,
        ),
    )
    runtime.run()
    runtime.stop()
    left = {sku: _after(rows[sku], inventory) for sku, inventory in inventories.items()}
    return left, collector.told


def _after(row: StockRow, inventory: Inventory) -> StockRow:
    stock = inventory.stock
    return row._replace(
        on_hand=stock.on_hand,
        reserved=stock.reserved,
        lowest=min(row.lowest, inventory.lowest),
        sold=row.sold + inventory.sold,
        returned=row.returned + inventory.returned,
        restocked=row.restocked + inventory.restocked,
    )
