"""The audit: after every run, proof that no order was lost and no stock sold twice.

Each law compares figures that come from different actors: what the clients say they sent with
what the router says it received, what the collector heard was sold with what the inventories
say they gave. Where two sides differ, the actor between them is named as the culprit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import msgspec

from actors.measure.result import AuditReport, Check, MessageCounts

__all__ = ["Evidence", "OrderFlow", "StockEvidence", "audit"]

LAWS = {
    "stock conserved": "initial + restocked + returned - sold = final",
    "never oversold": "neither on hand nor available ever fell below zero",
    "sales agree": "the orders' lines add up to what the inventories moved",
    "nothing left reserved": "every reservation was sold or given back",
}
NAMED = 3  # how many culprits a detail names before it only counts them


class StockEvidence(msgspec.Struct, frozen=True):
    """One product, in units: the inventory's own word, and the collector's (`heard_`)."""

    sku: str
    initial: int
    sold: int
    returned: int
    restocked: int
    final: int
    reserved: int
    lowest: int
    heard_sold: int
    heard_returned: int
    heard_restocked: int


class OrderFlow(msgspec.Struct, frozen=True):
    """Orders counted at each station of their way, each by that station alone."""

    placed: int  # by the clients, every sending counted
    received: int  # by the router
    refused: int  # by the router
    duplicates: int  # by the router
    dispatched: int  # to processors, by the router
    waiting: int  # at the router when the run ended
    finished: int  # by the processors
    in_hand: int  # at the processors when the run ended
    recorded: int  # by the collector


class Evidence(msgspec.Struct, frozen=True):
    """Everything the audit looks at. Times are sums in seconds, as pairs that add up."""

    flow: OrderFlow
    stock: Sequence[StockEvidence]
    open_orders: Sequence[str]
    duplicated: int
    unexpected: int
    examples: Sequence[str]
    messages: MessageCounts
    cut: bool  # actors were stopped with messages under way
    scheduled_sum: tuple[float, ...]
    finished_sum: tuple[float, ...]
    in_system_sum: tuple[float, ...]


def audit(evidence: Evidence) -> AuditReport:
    """Check every law."""
    checks = tuple(_checks(evidence))
    return AuditReport(ok=all(check.ok for check in checks), checks=checks)


def _checks(evidence: Evidence) -> Iterator[Check]:
    yield _outcomes(evidence)
    yield _stock("stock conserved", evidence.stock, _not_conserved)
    yield _stock("never oversold", evidence.stock, _below_zero)
    yield _messages(evidence.messages)
    if evidence.cut:
        return  # what was under way between two actors is at neither
    yield _flow(evidence.flow)
    yield _stock("sales agree", evidence.stock, _disagrees)
    yield _stock("nothing left reserved", evidence.stock, _still_reserved)
    if not evidence.open_orders:
        yield _littles_law(evidence)


def _outcomes(evidence: Evidence) -> Check:
    lost = len(evidence.open_orders)
    ok = not (lost or evidence.duplicated or evidence.unexpected)
    detail = (
        f"{evidence.flow.recorded:,} outcomes: lost {lost:,}, "
        f"duplicated {evidence.duplicated:,}, unexpected {evidence.unexpected:,}"
    )
    names = [f"{ref} is lost" for ref in evidence.open_orders[:NAMED]] + list(evidence.examples)
    return Check(name="one outcome an order", ok=ok, detail=_with(detail, names[:NAMED]))


def _flow(flow: OrderFlow) -> Check:
    """Follow the orders from station to station and name the first where the count breaks."""
    stations = (
        ("router", "clients placed", flow.placed, "the router received", flow.received),
        (
            "router",
            "the router received",
            flow.received,
            "it refused, joined, queued and dispatched",
            flow.refused + flow.duplicates + flow.waiting + flow.dispatched,
        ),
        (
            "processors",
            "the router dispatched",
            flow.dispatched,
            "processors finished or hold",
            flow.finished + flow.in_hand,
        ),
        (
            "collector",
            "processors finished and the router refused",
            flow.finished + flow.refused,
            "the collector recorded",
            flow.recorded,
        ),
    )
    for culprit, before, count, after, got in stations:
        if count != got:
            detail = f"culprit: {culprit}: {before} {count:,}, {after} {got:,}"
            return Check(name="orders flow", ok=False, detail=detail)
    return Check(
        name="orders flow",
        ok=True,
        detail=f"{flow.placed:,} placed, passed on by every station without a gap",
    )


def _stock(
    name: str,
    stock: Sequence[StockEvidence],
    complaint: Callable[[StockEvidence], str | None],
) -> Check:
    complaints = [words for item in stock if (words := complaint(item)) is not None]
    if not complaints:
        return Check(name=name, ok=True, detail=f"{LAWS[name]}, for {len(stock):,} products")
    return Check(
        name=name, ok=False, detail=_with(f"culprit: {complaints[0]}", complaints[1:NAMED])
    )


def _not_conserved(item: StockEvidence) -> str | None:
    expected = item.initial + item.restocked + item.returned - item.sold
    if expected == item.final:
        return None
    return f"inventory {item.sku}: {expected:,} units expected, {item.final:,} there"


def _below_zero(item: StockEvidence) -> str | None:
    lowest = min(item.lowest, item.final, item.final - item.reserved)
    if lowest >= 0:
        return None
    return f"inventory {item.sku}: stock fell to {lowest:,}"


def _disagrees(item: StockEvidence) -> str | None:
    for what, own, heard in (
        ("sold", item.sold, item.heard_sold),
        ("took back", item.returned, item.heard_returned),
        ("restocked", item.restocked, item.heard_restocked),
    ):
        if own != heard:
            return f"inventory {item.sku}: {what} {own:,} units, orders say {heard:,}"
    return None


def _still_reserved(item: StockEvidence) -> str | None:
    if item.reserved == 0:
        return None
    return f"inventory {item.sku}: {item.reserved:,} units still reserved"


def _messages(counts: MessageCounts) -> Check:
    ok = counts.sent == counts.handled + counts.dead_lettered
    detail = (
        f"sent {counts.sent:,} = handled {counts.handled:,} "
        f"+ dead-lettered {counts.dead_lettered:,}"
    )
    return Check(name="messages accounted for", ok=ok, detail=detail if ok else detail + ": no")


def _littles_law(evidence: Evidence) -> Check:
    """L = λW over a run that starts and ends empty.

    The area under the number in the system, from the clients' clock at one end and the
    outcomes at the other, must equal the orders' times in the system as they were recorded one
    by one (Little, 1961; Stidham, 1974). An identity, so the tolerance is only rounding: of the
    times, and of the sums, which over a long run are much larger than their difference.
    """
    largest = max(map(abs, (*evidence.finished_sum, *evidence.scheduled_sum)), default=0.0)
    area = math.fsum((*evidence.finished_sum, *(-part for part in evidence.scheduled_sum)))
    times = math.fsum(evidence.in_system_sum)
    ok = math.isclose(area, times, rel_tol=1e-9, abs_tol=1e-6 + 4 * math.ulp(largest))
    return Check(
        name="Little's law",
        ok=ok,
        detail=f"area under the orders in the system {area:.6g} s, their times {times:.6g} s",
    )


def _with(detail: str, more: Sequence[str]) -> str:
    return "; ".join((detail, *more))
