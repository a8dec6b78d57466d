"""The store: where stock lives when several processes share it.

A store holds, for each run, a row of stock for each product and the outcome of every order that
has had its effect. Orders are applied in batches, each one transaction:

    with store.batch(run, skus, order_ids) as batch:    locks the rows, in SKU order
        ...                                             play the orders that batch.applied lacks
        batch.write(changed_rows, outcomes)             compare-and-set; commits at the end

Two things make the effect of an order happen exactly once, however often it is delivered and
whoever still believes it is his to handle: its id is a key of the outcomes, and a row is written
only by someone who has seen its latest version. The locks are for speed: without them, workers
whose batches share a product would undo each other's work again and again.
"""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, TypeVar

from actors.errors import BatchUndone

__all__ = ["Batch", "StockRow", "Store", "again"]

Got = TypeVar("Got")

TRIES: Final = 20  # of one batch; under its locks a second is rare
FIRST_PAUSE: Final = 0.01  # seconds before the second try; doubles up to
LONGEST_PAUSE: Final = 0.5


class StockRow(NamedTuple):
    """The stock of one product in one run, in units; `version` counts how often it was written."""

    sku: str
    on_hand: int
    reserved: int
    version: int
    initial: int
    lowest: int
    sold: int
    returned: int
    restocked: int


class Batch(ABC):
    """One open transaction on some products and orders of a run; their rows are locked.

    Attributes:
        rows: the stock by SKU, of those SKUs that the run has.
        applied: the ids among the batch's orders that have had their effect, each with the
            outcome that was stored for it.
    """

    rows: Mapping[str, StockRow]
    applied: Mapping[str, bytes]

    @abstractmethod
    def write(self, rows: Iterable[StockRow], outcomes: Mapping[str, bytes]) -> None:
        """Write changed rows and the outcomes of the orders that changed them.

        Args:
            rows: each with the version that it was read with; it is stored with the next one.
            outcomes: by order id; ids that are in `applied` must not come again.

        Raises:
            Fenced: a row or an outcome was written by somebody else since it was read.
        """


class Store(ABC):
    """Stock and outcomes by run. A store serves one thread at a time; open one for each.

    Every method waits and tries again while the store cannot be reached, for as long as the
    store's patience lasts, and then raises StoreUnreachable.
    """

    @abstractmethod
    def create(self, run: str, stock: Mapping[str, int]) -> bool:
        """Make a run with the units on hand by SKU; False: it was there already and goes on.

        Raises:
            RunDiffers: it was there, with other products or other initial stock.
        """

    @abstractmethod
    def batch(
        self, run: str, skus: Collection[str], order_ids: Collection[str]
    ) -> AbstractContextManager[Batch]:
        """Open a transaction; it commits when the block ends and rolls back if that raises.

        Raises:
            UnknownRun: the store has no such run.
            BatchUndone: it did not take effect, or nobody knows whether it did: play it again.
        """

    @abstractmethod
    def rows(self, run: str) -> list[StockRow]:
        """The stock of a run, by SKU. Raises UnknownRun."""

    @abstractmethod
    def outcomes(self, run: str) -> Iterator[tuple[str, bytes]]:
        """Each order id of a run with its outcome, by id; a page at a time, however many."""

    @abstractmethod
    def forget(self, run: str) -> None:
        """Remove all that is stored of a run; nothing, if it is not there."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection. The store cannot be used afterwards."""

    def commit(
        self,
        run: str,
        skus: Collection[str],
        order_ids: Collection[str],
        play: Callable[[Batch], Got],
    ) -> Got:
        """Play a batch until it is committed, and return what `play` returned then.

        `play` may be called several times, each time with what is stored by then, and must have
        no effect but through the batch. Raises what `batch` raises, BatchUndone at the last try.
        """

        def once() -> Got:
            with self.batch(run, skus, order_ids) as batch:
                return play(batch)

        return again(once)


def again(action: Callable[[], Got]) -> Got:
    """Do something that may be done twice, until it is not undone; the last try may raise."""
    pause = FIRST_PAUSE
    for _ in range(TRIES - 1):
        try:
            return action()
        except BatchUndone:
            # At random moments, or two that undid each other would do so again.
            time.sleep(random.uniform(0.5, 1.0) * pause)
            pause = min(2 * pause, LONGEST_PAUSE)
    return action()
