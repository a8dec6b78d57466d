"""Who takes part in a run, and the books kept about them: what set it up hands to what reads it.

Processors and inventories are known by what is read of them, because others may stand in their
place: over a broker they are elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from actors.client import Client
from actors.collector import Collector
from actors.decisions.stock import Stock
from actors.measure.audit import Examiner
from actors.measure.ledger import Ledger
from actors.measure.meters import Meters
from actors.measure.order_statistics import OrderStatistics
from actors.measure.products import ProductBook
from actors.messages import Halt
from actors.router import Router
from actors.scenario.schedule import Schedule

__all__ = ["Participants", "Server", "Shelf"]


class Server(Protocol):
    """Who works on orders: a processor, or what stands for processors elsewhere."""

    name: str
    finished: int

    @property
    def in_hand(self) -> int:
        """Orders taken and not finished."""


class Shelf(Protocol):
    """Where one product's stock is: its inventory, or a row of a store."""

    name: str
    sku: str
    initial: int
    sold: int
    returned: int
    restocked: int
    lowest: int
    sold_out_at: float | None

    @property
    def short(self) -> int | None:
        """Units refused because there were too few; None where nobody counts them."""

    @property
    def stock(self) -> Stock:
        """On hand and reserved."""


@dataclass(frozen=True)
class Participants:
    """The actors of a run, by role, and the books kept about them.

    `schedules` are those of the open groups, by name.
    """

    clients: Sequence[Client[Halt]]
    router: Router
    processors: Sequence[Server]
    inventories: Sequence[Shelf]
    collector: Collector
    meters: Meters
    metrics: OrderStatistics
    book: ProductBook
    ledger: Ledger
    examiner: Examiner
    schedules: Mapping[str, Schedule]
