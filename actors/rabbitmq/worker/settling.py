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
from typing import Final, NamedTuple, cast

import msgspec

from actors.inventory import Inventory
from actors.messages import Done, Fulfilment, Processed, Serve
from actors.processor import Processor
from actors.rabbitmq.both.wire import OrderEnd, Settled, decode, encode
from actors.rabbitmq.worker.server_pool import Delivery
from actors.runtime.actor import Actor, receives
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.written_distributions import parse_distribution
from actors.stores.store import Batch, StockRow, Store

__all__ = ["Settlement", "Settler", "UnknownProduct", "play_orders"]

AT_ONCE: Final = parse_distribution("0ms")
PROCESSOR: Final = "processor/1"


class UnknownProduct(Exception):
    """An order names a product that the run does not have; its text is the SKU."""


class OneByOne(Actor):
    """Stands in for the router: hands the processor one order after the other."""

    def __init__(self, serves: Iterable[Serve]) -> None:
        super().__init__()
        self._serves = deque(serves)

    @receives(Done)
    def done(self, _done: Done) -> None:
        """The processor is free."""
        if self._serves:
            self.tell(PROCESSOR, self._serves.popleft())


class EndedOrders(Actor):
    """Stands in for the collector: keeps what the processor tells of each order."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Processed] = []

    @receives(Processed)
    def processed(self, done: Processed) -> None:
        """Keep it."""
        self.told.append(done)


class Settlement(NamedTuple):
    """What a batch came to: each order's end, and how many had not ended before."""

    endings: Mapping[str, OrderEnd]
    new: int


class Settler:
    """Settles orders of one run for one worker.

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

    def settle(self, deliveries: Sequence[Delivery], now: float) -> Settlement:
        """Have the orders' effect on stock, once, and find the end of each.

        An order that had its effect before, whoever settled it, has its end of then.

        Raises:
            UnknownProduct: an order names a product that the run does not have; nothing is done.
            StoreUnreachable: the store cannot be reached; nothing is known to be done.
        """
        skus = {line.sku for each in deliveries for line in each.job.order.lines}
        ids = {each.job.order.id for each in deliveries}
        tries = itertools.count()

        def play(batch: Batch) -> Settlement:
            next(tries)
            return self._play(deliveries, now, batch)

        settlement = self._store.settle(self._run, skus, ids, play)
        self.undone += next(tries) - 1
        return settlement

    def _play(self, deliveries: Sequence[Delivery], now: float, batch: Batch) -> Settlement:
        """Play the orders that are new; may be called again, after a transaction was undone."""
        due: dict[str, Delivery] = {}
        for delivery in deliveries:
            order = delivery.job.order
            if order.id not in batch.applied:
                due.setdefault(order.id, delivery)
        earlier = {order_id: _ending(stored) for order_id, stored in batch.applied.items()}
        if not due:
            return Settlement(earlier, 0)
        rows, stories = play_orders(
            [each.job.serve() for each in due.values()], batch.rows, self._fulfilment
        )
        endings = {
            done.serve.order.id: self._end(due[done.serve.order.id], done, now) for done in stories
        }
        # Whoever made a row empty for the first time is told with the last order that took of it.
        for sku in [sku for sku, row in rows.items() if row.lowest <= 0 < batch.rows[sku].lowest]:
            last = next(d for d in reversed(stories) if sku in _skus(d))
            told = endings[last.serve.order.id]
            endings[last.serve.order.id] = msgspec.structs.replace(
                told, sold_out=(*told.sold_out, sku)
            )
        stored = {
            order_id: encode(Settled(job=due[order_id].job, ending=ending))
            for order_id, ending in endings.items()
        }
        changed = [row for sku, row in rows.items() if row != batch.rows[sku]]
        batch.write(changed, stored)
        return Settlement({**earlier, **endings}, len(endings))

    def _end(self, delivery: Delivery, done: Processed, now: float) -> OrderEnd:
        return OrderEnd(
            worker=self._worker,
            status=done.status,
            reason=done.reason,
            short=done.short,
            filled=done.filled,
            queued=delivery.queued,
            busy_s=delivery.busy,
            held_s=now - delivery.taken,
        )


def _ending(stored: bytes) -> OrderEnd:
    settled = decode(stored)
    assert isinstance(settled, Settled)  # noqa: S101 — nothing else is ever stored
    return settled.ending


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
    for sku in skus:
        runtime.spawn("inventory/" + sku, partial(Inventory, sku, rows[sku].on_hand, AT_ONCE))
    runtime.spawn("router", partial(OneByOne, serves[1:]))
    runtime.spawn("collector", EndedOrders)
    runtime.spawn(PROCESSOR, partial(Processor, AT_ONCE, AT_ONCE, fulfilment))
    runtime.tell(PROCESSOR, serves[0])
    runtime.run()
    left = {
        sku: _after(rows[sku], cast("Inventory", runtime.actor("inventory/" + sku))) for sku in skus
    }
    told = cast("EndedOrders", runtime.actor("collector")).told
    runtime.stop()
    return left, told


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
