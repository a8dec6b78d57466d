"""Laws of orders and messages as a whole: each is where it should be, once."""

from __future__ import annotations

import math

from actors.measure.audit.evidence import Evidence, OrderFlow
from actors.measure.audit.words import NAMED, named
from actors.measure.result import Check, MessageCounts

__all__ = ["flow_of_orders", "littles_law", "messages", "outcomes"]


def outcomes(evidence: Evidence) -> Check:
    """Each order that was placed has one outcome: none lost, duplicated, unexpected."""
    lost = len(evidence.open_orders)
    ok = not (lost or evidence.duplicated or evidence.unexpected or evidence.changed)
    detail = (
        f"{evidence.flow.recorded:,} outcomes: lost {lost:,}, "
        f"duplicated {evidence.duplicated:,}, unexpected {evidence.unexpected:,}"
    )
    if evidence.changed:
        detail += f", changed {evidence.changed:,}"
    names = [f"{ref} is lost" for ref in evidence.open_orders[:NAMED]] + list(evidence.examples)
    return Check(name="one outcome an order", ok=ok, detail=named(detail, names))


def flow_of_orders(flow: OrderFlow) -> Check:
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
        ("collector", "the collector recorded", flow.recorded, "the books took", flow.booked),
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


def messages(counts: MessageCounts) -> Check:
    """Every message that was sent was handled, or is a dead letter."""
    ok = counts.sent == counts.handled + counts.dead_lettered
    detail = (
        f"sent {counts.sent:,} = handled {counts.handled:,} "
        f"+ dead-lettered {counts.dead_lettered:,}"
    )
    return Check(name="messages accounted for", ok=ok, detail=detail if ok else detail + ": no")


def littles_law(evidence: Evidence) -> Check:
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
