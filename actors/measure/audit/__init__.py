"""The audit: after every run, proof that no order was lost and no stock sold twice.

Each law compares figures that come from different actors: what the clients say they sent with
what the router says it received, what the collector heard was sold with what the inventories
say they gave. Where two sides differ, the actor between them is named as the culprit.

    flow_laws    orders and messages as a whole: each is where it should be, once
    stock_laws   units of each product
    order_laws   single orders, by what the `examiner` saw of each as it ended
    group_laws   what was due, what was placed, and who heard of which outcome
"""

from __future__ import annotations

from collections.abc import Iterator

from actors.measure.audit import flow_laws, group_laws, order_laws, stock_laws
from actors.measure.audit.evidence import (
    Evidence,
    GroupEvidence,
    OrderFlow,
    ServerEvidence,
    StockEvidence,
    Tellings,
)
from actors.measure.audit.examiner import WORD, Examiner
from actors.measure.audit.promises import Rules
from actors.measure.result import AuditReport, Check

__all__ = [
    "WORD",
    "Evidence",
    "Examiner",
    "GroupEvidence",
    "OrderFlow",
    "Rules",
    "ServerEvidence",
    "StockEvidence",
    "Tellings",
    "audit",
]


def audit(evidence: Evidence) -> AuditReport:
    """Check every law."""
    checks = tuple(_checks(evidence))
    return AuditReport(ok=all(check.ok for check in checks), checks=checks)


def _checks(evidence: Evidence) -> Iterator[Check]:
    yield flow_laws.outcomes(evidence)
    yield stock_laws.conserved(evidence.stock)
    yield stock_laws.never_oversold(evidence.stock)
    yield flow_laws.messages(evidence.messages)
    yield order_laws.shape(evidence)
    yield order_laws.content(evidence)
    yield order_laws.time(evidence)
    yield order_laws.line(evidence)
    if evidence.cut:
        return  # what was under way between two actors is at neither
    yield flow_laws.flow_of_orders(evidence.flow)
    yield stock_laws.sales_agree(evidence.stock)
    yield stock_laws.nothing_reserved(evidence.stock)
    if not evidence.examiner.failed:
        yield stock_laws.demand_explained(evidence.stock, evidence.fulfilment)
    yield group_laws.schedule(evidence)
    yield group_laws.outcomes_agree(evidence)
    if not evidence.open_orders:
        yield flow_laws.littles_law(evidence)
