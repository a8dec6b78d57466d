"""Mistakes of replaying clients: what they make of a recorded log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from planting import Mistake, Slipping, planted
from typing_extensions import override

from actors.client import ReplayClient
from actors.measure.ledger import Ledger
from actors.messages import Begin, Due, Place
from actors.ref import Ref
from actors.scenario.recorded.recording import RecordedOrder

__all__ = ["IN_REPLAYS"]

Orders = Sequence[RecordedOrder]


class Misreading(Slipping, ReplayClient):
    """A replaying client that reads another log than was recorded."""

    def __init__(
        self, group: str, router: Ref[Place], ledger: Ledger, orders: Orders, *timeline: Any
    ) -> None:
        found = self.read(orders)
        if list(found) != list(orders):
            self.slip()
        super().__init__(group, router, ledger, found, *timeline)

    def read(self, orders: Orders) -> Orders:
        """The orders that it finds."""
        return [found for order in orders for found in self.found(order)]

    def found(self, order: RecordedOrder) -> Orders:
        """What it makes of one order."""
        return [order]


def _right(units: object) -> bool:
    return isinstance(units, int) and units > 0


class SkipsRows(Misreading):
    """A replaying client that skips every twentieth order of its log."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        return [] if self.every(20) else [order]


class StopsAtMistakes(Misreading):
    """A replaying client that leaves out what was recorded wrongly."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        return [order] if all(_right(units) for _, units in order.lines) else []


class MendsMistakes(Misreading):
    """A replaying client that mends what was recorded wrongly."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        lines = [(sku, units if _right(units) else 1) for sku, units in order.lines]
        return [replace(order, lines=tuple(lines))]


class ReadsTwice(Misreading):
    """A replaying client that sends some orders of its log again under another id."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        return [order, replace(order, id=order.id + "-b")] if self.every(20) else [order]


class IgnoresTheSign(Misreading):
    """A replaying client that takes what was returned for sold."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        return [replace(order, kind="sale")]


class ReadsOneLine(Misreading):
    """A replaying client that reads only the first line of an order."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        return [replace(order, lines=order.lines[:1])]


class ReadsAnotherColumn(Misreading):
    """A replaying client that takes every customer for the first."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        return [replace(order, client="c-1")]


class ReadsAnotherArticle(Misreading):
    """A replaying client that orders tea where the log has an article that nobody sells."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        lines = tuple([("TEA" if sku == "HAT" else sku, units) for sku, units in order.lines])
        return [replace(order, lines=lines)]


class ForgetsToCompress(Misreading):
    """A replaying client that plays its log at half of the pace."""

    @override
    def found(self, order: RecordedOrder) -> Orders:
        return [replace(order, at=order.at * 2)]


class SpreadsEvenly(Misreading):
    """A replaying client that spreads the orders evenly over the time of the log."""

    @override
    def read(self, orders: Orders) -> Orders:
        step = orders[-1].at / (len(orders) - 1)
        return [replace(order, at=place * step) for place, order in enumerate(orders)]


class MixesUpContents(Misreading):
    """A replaying client that mixes up what its first orders ask for."""

    @override
    def read(self, orders: Orders) -> Orders:
        lines = [order.lines for order in orders[:20]]
        exchanged = zip(orders, reversed(lines), strict=False)
        return [*(replace(order, lines=others) for order, others in exchanged), *orders[20:]]


class SendsAtOnce(Slipping, ReplayClient):
    """A replaying client that sends its whole log when the run begins."""

    @override
    def begin(self, _begin: Begin) -> None:
        while self._orders:
            self.slip()
            self.due(Due())
        self.forget_timers()


IN_REPLAYS: Final[tuple[Mistake, ...]] = tuple(
    planted(
        "log",
        SkipsRows,
        StopsAtMistakes,
        MendsMistakes,
        ReadsTwice,
        IgnoresTheSign,
        ReadsOneLine,
        ReadsAnotherColumn,
        ReadsAnotherArticle,
        ForgetsToCompress,
        SpreadsEvenly,
        MixesUpContents,
        SendsAtOnce,
    )
)
