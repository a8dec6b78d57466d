"""Ended orders made by hand, and an examiner to look at them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nobody import NOBODY

from actors.decisions.order_json import encode_order
from actors.measure.audit import Examiner, Rules
from actors.measure.audit.examiner import Law
from actors.measure.ledger import Ledger
from actors.messages import Kind, Line, Order, Place, Processed, Reason, Refused, Serve, Status

__all__ = ["RULES", "Looking", "complaints", "done", "examined", "order_of", "placed", "refused"]

RULES = Rules(
    fulfilment="all_or_nothing",
    catalogue={"A", "B"},
    windows={
        "web": {"opening": (0.0, 10.0), "peak": (10.0, 20.0)},
        "shop": {"opening": (0.0, 10.0), "peak": (10.0, 20.0)},
        "log": {"opening": (0.0, 10.0)},
        "free": {},
    },
    replayed=frozenset({"log"}),
    closed=frozenset({"client/shop-1", "client/shop-2"}),
)


def order_of(
    ref: str, *lines: tuple[str, int], kind: Kind = "sale", priority: int = 0, at: float = 0.0
) -> Order:
    """An order, of two units of A unless said otherwise."""
    return Order(
        id=ref,
        client="web-1",
        kind=kind,
        placed_at=at,
        priority=priority,
        lines=tuple(Line(*line) for line in lines or (("A", 2),)),
    )


def placed(
    ref: str = "web-1-1",
    at: float = 0.0,
    *,
    order: Order | None = None,
    body: bytes | None = None,
    sender: str = "client/web-1",
    group: str = "web",
    phase: str = "opening",
    waits: bool = False,
) -> Place:
    """An order in its envelope, as its client sent it."""
    if body is None:
        body = encode_order(order or order_of(ref))
    return Place(ref, body, at, sender, group, phase, NOBODY if waits else None)


def done(  # noqa: PLR0913 (a story has many parts, and a test names the one it changes)
    place: Place,
    started: float,
    finished: float,
    *,
    order: Order | None = None,
    busy: float | None = None,
    status: Status = "fulfilled",
    reason: Reason | None = None,
    short: tuple[str, ...] = (),
    filled: tuple[int, ...] | None = None,
    queued: bool = False,
    attempt: int = 1,
    processor: str = "processor/1",
) -> Processed:
    """An order that a processor finished; all of it was filled unless said otherwise."""
    order = order or order_of(place.ref)
    if filled is None:
        filled = tuple(line.quantity for line in order.lines)
    serve = Serve(order, place, queued, attempt)
    busy = finished - started if busy is None else busy
    return Processed(serve, processor, started, finished, busy, status, reason, short, filled)


def refused(
    place: Place, reason: Reason, finished: float | None = None, order: Order | None = None
) -> Refused:
    """An order that the router refused, when it came unless said otherwise."""
    return Refused(place, order, place.scheduled if finished is None else finished, reason, "")


class Looking:
    """An examiner whose ledger has every order that it is handed."""

    def __init__(self, **changes: object) -> None:
        self.ledger = Ledger()
        self.examiner = Examiner(self.ledger, replace(RULES, **changes))  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        """Whatever the examiner has."""
        return getattr(self.examiner, name)

    def hear(self, *ended: Processed | Refused) -> Looking:
        """Enter the orders into the ledger, and take them at once."""
        for each in ended:
            self.ledger.placed(each.serve.place if isinstance(each, Processed) else each.place)
        self.examiner.take(ended)
        return self


def examined(*ended: Processed | Refused, **changes: object) -> dict[Law, list[str]]:
    """What is said against these orders, by law, under some other rules."""
    return complaints(Looking(**changes).hear(*ended))


def complaints(examiner: Examiner | Looking) -> dict[Law, list[str]]:
    """What an examiner has found, by law."""
    return {law: complaint.cases for law, complaint in examiner.complaints.items()}
