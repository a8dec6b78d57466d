"""The evidence of a sound run, and what the audit says of it once a test has changed a piece."""

from __future__ import annotations

import msgspec

from actors.measure.answers import Answers
from actors.measure.audit import (
    Evidence,
    Examiner,
    GroupEvidence,
    OrderFlow,
    Rules,
    ServerEvidence,
    StockEvidence,
    Tellings,
    audit,
)
from actors.measure.audit.examiner import Complaint, Law
from actors.measure.ledger import Ledger
from actors.measure.result import MessageCounts
from actors.messages import Reason, Status

__all__ = [
    "ANSWERED",
    "DEPOT",
    "EVIDENCE",
    "FLOW",
    "LAWS",
    "OUTCOMES",
    "SERVER",
    "STOCK",
    "WEB",
    "broken",
    "examiner_with",
    "noted",
    "with_",
    "with_flow",
    "with_stock",
]

LAWS = [
    "one outcome an order",
    "stock conserved",
    "never oversold",
    "messages accounted for",
    "outcomes fit",
    "orders unchanged",
    "times in order",
    "line kept",
    "orders flow",
    "sales agree",
    "nothing left reserved",
    "demand explained",
    "schedule kept",
    "outcomes agree",
    "Little's law",
]
FLOW = OrderFlow(
    placed=100,
    received=100,
    refused=20,
    duplicates=10,
    dispatched=70,
    waiting=0,
    finished=70,
    in_hand=0,
    recorded=90,
    booked=90,
)
STOCK = StockEvidence(
    sku="PHONE-X",
    planned=50,
    initial=50,
    sold=30,
    returned=4,
    restocked=6,
    final=30,
    reserved=0,
    lowest=0,
    heard_sold=30,
    heard_returned=4,
    heard_restocked=6,
    heard_asked=33,
    heard_short=3,
    short=3,
)
WEB = GroupEvidence(
    name="web",
    placed=60,
    booked={"opening": 20, "peak": 40},
    duplicates=0,
    dealt={"opening": 20, "peak": 40},
    moments=500.0,
    scheduled=500.0000000001,
)
DEPOT = GroupEvidence(name="depot", placed=40, booked={"": 30}, duplicates=10)
SERVER = ServerEvidence("processor/1", busy=30.0, heard=30.0, span=60.0)
OUTCOMES = {"fulfilled": 60, "partial": 4, "out_of_stock": 6, "invalid": 20}
ANSWERED: tuple[tuple[str, Status, Reason | None], ...] = (
    ("depot-1-1", "fulfilled", None),
    ("depot-1-2", "rejected", "out_of_stock"),
)


def noted(*answers: tuple[str, Status, Reason | None]) -> Answers:
    """A book of these answers."""
    book = Answers()
    for answer in answers:
        book.note(*answer)
    return book


def examiner_with(
    law: Law | None = None, *cases: str, count: int | None = None, failed: int = 0
) -> Examiner:
    """An examiner that has found a law broken, or nothing at all."""
    examiner = Examiner(Ledger(), Rules("partial", {"PHONE-X"}, {"web": {}, "depot": {}}))
    examiner.answers = noted(*ANSWERED)
    examiner.latest, examiner.failed = 59.5, failed
    examiner.kinds, examiner.queued, examiner.waited = {"return": 1, "restock": 1}, 7, 3.5
    if law is not None:
        complaint = examiner.complaints[law] = Complaint()
        complaint.cases = list(cases)
        complaint.count = len(cases) if count is None else count
    return examiner


EVIDENCE = Evidence(
    flow=FLOW,
    stock=[STOCK],
    groups=[WEB, DEPOT],
    servers=[SERVER, ServerEvidence("inventory/PHONE-X", 5.0, None, 60.0)],
    tellings=Tellings(
        told=OUTCOMES,
        booked=OUTCOMES,
        answered=noted(*ANSWERED),
        repeated=0,
        buried=20,
        kinds={"sale": 88, "return": 1, "restock": 1},
        queued=7,
    ),
    examiner=examiner_with(),
    fulfilment="partial",
    open_orders=[],
    duplicated=0,
    unexpected=0,
    changed=0,
    examples=[],
    messages=MessageCounts(sent=500, handled=498, dead_lettered=2),
    queue_max=4,
    queue_limit=5,
    queue_area=3.5,
    silent=[],
    now=60.0,
    crashes=0,
    halted=False,
    cut=False,
    scheduled_sum=(1000.0, 1e-13),
    finished_sum=(1090.0, 0.0),
    in_system_sum=(90.0, 0.0),
)


def with_(**changes: object) -> Evidence:
    """The sound evidence with some pieces exchanged."""
    return msgspec.structs.replace(EVIDENCE, **changes)


def with_flow(**changes: int) -> Evidence:
    """The sound evidence with other counts of orders."""
    return with_(flow=msgspec.structs.replace(FLOW, **changes))


def with_stock(**changes: int | None) -> Evidence:
    """The sound evidence with a second product that differs from the first."""
    return with_(stock=[STOCK, msgspec.structs.replace(STOCK, sku="BAD", **changes)])


def broken(evidence: Evidence) -> dict[str, str]:
    """The laws that do not hold, with what the audit says."""
    report = audit(evidence)
    assert report.ok == all(check.ok for check in report.checks)
    return {check.name: check.detail for check in report.checks if not check.ok}
