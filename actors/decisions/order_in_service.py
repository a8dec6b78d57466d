"""An order in a processor's hands: how long it takes, its lines merged, what was granted so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actors.common.random_streams import fork
from actors.messages import Luck, Serve

__all__ = ["OrderInService", "begin_service", "time_in_service"]


def time_in_service(
    luck: Luck,
    lines: int,
    service_time: Callable[[float], float],
    line_time: Callable[[float], float] | None,
) -> float:
    """How long an order is served, in seconds.

    Args:
        luck: what chance decides about it.
        lines: how many it has.
        service_time: the time of an order, from a uniform number in [0, 1).
        line_time: what each line adds, likewise; None: nothing.
    """
    time = service_time(luck.service)
    if line_time is not None:
        for number in range(lines):
            time += line_time(fork(luck.line, number))
    return time


class OrderInService:
    """An order in hand, or one that waits for stock; its lines merged by SKU, in SKU order.

    Args:
        serve: the order.
        started: when it was taken, in seconds.
        skus: the products of the merged lines.
        wanted: the units of each.
    """

    __slots__ = (
        "asked",
        "busy",
        "granted",
        "held",
        "order_id",
        "serve",
        "short",
        "skus",
        "started",
        "waiting",
        "wanted",
    )

    def __init__(
        self, serve: Serve, started: float, skus: Sequence[str], wanted: Sequence[int]
    ) -> None:
        self.serve = serve
        self.order_id = serve.place.ref
        self.started = started
        self.skus = skus
        self.wanted = wanted
        self.granted = [0] * len(skus)
        # Of several lines, each is held until all are granted; a single one is sold at once.
        self.held = len(skus) > 1 and serve.order.kind == "sale"
        self.busy = 0.0
        self.short = False  # whether a line was granted less than it wanted, at first
        self.asked = 0  # merged lines asked for so far
        self.waiting: frozenset[int] = frozenset()  # merged lines whose rest is backordered

    def short_of(self) -> tuple[str, ...]:
        """The products of which too little was granted, of those asked for."""
        asked = zip(self.skus[: self.asked], self.granted, self.wanted, strict=False)
        return tuple([sku for sku, got, want in asked if got < want])

    def filled(self) -> tuple[int, ...]:
        """The granted units, spread over the order's own lines, first line first."""
        lines = self.serve.order.lines
        if len(lines) == 1:
            return (self.granted[0],)
        left = dict(zip(self.skus, self.granted, strict=True))
        filled = []
        for line in lines:
            units = min(line.quantity, left[line.sku])
            left[line.sku] -= units
            filled.append(units)
        return tuple(filled)


def begin_service(serve: Serve, now: float) -> OrderInService:
    """Begin to work on an order."""
    lines = serve.order.lines
    if len(lines) == 1:
        line = lines[0]
        return OrderInService(serve, now, (line.sku,), (line.quantity,))
    merged: dict[str, int] = {}
    for line in lines:
        merged[line.sku] = merged.get(line.sku, 0) + line.quantity
    skus = sorted(merged)
    return OrderInService(serve, now, skus, [merged[sku] for sku in skus])
