"""2. The router: checks orders, queues them, and hands each to a processor that is free.

Every waiting order is here, in one visible place, because processors *pull*: one gets its next
order when it says that it is free. What is not a valid order ends at the collector as a dead
letter with its reason; nothing is dropped. An id that was seen before is not served again: it
joins the first while that is in flight, and is answered from memory afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Final

from actors.common.generational_memory import GenerationalMemory
from actors.common.random_streams import Chance
from actors.decisions.order_json import InvalidOrder, decode_order
from actors.decisions.routing import Strategy
from actors.measure.meters import Level
from actors.messages import (
    Done,
    Duplicate,
    Leave,
    Order,
    Outcome,
    Place,
    Ready,
    Reason,
    Refused,
    Serve,
    Status,
)
from actors.ref import Ref
from actors.runtime.actor import Actor, receives

__all__ = ["REMEMBERED", "Router"]

REMEMBERED: Final = 65_536

# Not valid orders: they have no id that could be trusted to come again.
FORGETTABLE: Final = frozenset[Reason]({"invalid", "failed"})


class Router(Actor[Place | Ready | Done | Leave]):
    """Checks, queues and dispatches orders.

    Args:
        catalogue: the SKUs that exist.
        strategy: makes the strategy from the router's own random stream.
        collector: where orders end that no processor sees.
        queue: the meter of all that wait.
        queue_limit: how many orders may wait in all; None: any number.
        remembered: outcomes, at least, that are answered again; an id that comes back later is a
            new order.
    """

    def __init__(
        self,
        catalogue: Container[str],
        strategy: Callable[[Chance], Strategy[Ref[Serve]]],
        collector: Ref[Refused | Duplicate],
        queue: Level,
        queue_limit: int | None = None,
        remembered: int = REMEMBERED,
    ) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._strategy = strategy(self.rng("strategy"))
        self._collector = collector
        self._processors: set[Ref[Serve]] = set()  # those that take orders
        self._queue_limit = queue_limit
        self._in_flight: dict[str, Place] = {}
        self._joined: dict[str, list[Place]] = {}
        self._ended = GenerationalMemory[str, Status | Reason](
            remembered
        )  # the reason, for those that have one
        self._queue = queue
        self.received = 0
        self._fulfilled = 0  # most of the outcomes told; the others are in `_others`
        self._others: dict[str, int] = {}
        self.refused = 0
        self.duplicates = 0
        self.dispatched = 0

    @property
    def waiting(self) -> int:
        """Orders waiting for a processor, in all lines."""
        return self._strategy.waiting

    @property
    def told(self) -> dict[str, int]:
        """Outcomes told so far: by status, rejected ones by reason."""
        counts = {"fulfilled": self._fulfilled, **self._others}
        return {outcome: count for outcome, count in counts.items() if count}

    @receives(Place)
    def place(self, place: Place) -> None:
        """Check an order and find it a processor or a place to wait."""
        self.received += 1
        try:
            order = decode_order(place.body)
        except InvalidOrder as error:
            self._refuse(place, None, "invalid", str(error))
            return
        ref = place.ref
        if order.id != ref:
            self._refuse(place, None, "invalid", "the envelope names another id")
        elif ref in self._in_flight or ref in self._ended:
            self._join(place)
        else:
            for line in order.lines:
                if line.sku not in self._catalogue:
                    self._refuse(place, order, "unknown_product", line.sku)
                    return
            self._admit(place, order)

    def _admit(self, place: Place, order: Order) -> None:
        # A number that only grows: an id that comes back after it was forgotten is a newer
        # attempt to inventories, which may remember the old one.
        attempt = self.received
        serve = Serve(order, place, False, attempt)
        processor = self._strategy.arrive(serve)
        if processor is None and self._full():
            self._refuse(place, order, "overloaded", f"{self.waiting} orders wait")
            return
        self._in_flight[place.ref] = place
        if processor is None:
            self._strategy.wait(Serve(order, place, True, attempt))
            self._queue.change(self.now, self._strategy.waiting)
        else:
            self._dispatch(processor, serve)

    def _full(self) -> bool:
        return self._queue_limit is not None and self._strategy.waiting >= self._queue_limit

    def _dispatch(self, processor: Ref[Serve], serve: Serve) -> None:
        self.dispatched += 1
        processor.tell(serve)

    @receives(Ready)
    def ready(self, ready: Ready) -> None:
        """A processor is free: one that is new joins, and gets its first order."""
        processor = ready.processor
        if processor not in self._processors and not ready.again:
            self._processors.add(processor)
            self._strategy.join(processor)
        if processor in self._processors:
            self._feed(processor)

    @receives(Done)
    def done(self, done: Done) -> None:
        """Take note of an outcome, and give a free processor its next order."""
        self._conclude(done.order_id, done.status, done.reason)
        if done.free and done.processor in self._processors:
            self._feed(done.processor)

    @receives(Leave)
    def leave(self, leave: Leave) -> None:
        """A processor takes no more orders: those that waited for it alone go to others."""
        if leave.processor in self._processors:
            self._processors.remove(leave.processor)
            for serve in self._strategy.leave(leave.processor):
                processor = self._strategy.arrive(serve)
                if processor is None:
                    self._strategy.wait(serve)
                else:
                    self._dispatch(processor, serve)
            self._queue.change(self.now, self._strategy.waiting)

    def _feed(self, processor: Ref[Serve]) -> None:
        serve = self._strategy.free(processor)
        if serve is not None:
            self._queue.change(self.now, self._strategy.waiting)
            self._dispatch(processor, serve)

    def _conclude(self, order_id: str, status: Status, reason: Reason | None) -> None:
        place = self._in_flight.pop(order_id, None)
        if place is None:
            return  # told twice; the collector hears it too, and the audit names the order
        self._remember(order_id, self._count(status, reason))
        if place.reply_to is not None:
            place.reply_to.tell(Outcome(order_id, status, reason))
        if order_id in self._joined:
            for joined in self._joined.pop(order_id):
                if joined.reply_to is not None:
                    joined.reply_to.tell(Outcome(order_id, status, reason))

    def _count(self, status: Status, reason: Reason | None) -> Status | Reason:
        """Count an outcome; returns it in a word."""
        if reason is None and status == "fulfilled":
            self._fulfilled += 1
            return status
        outcome = status if reason is None else reason
        self._others[outcome] = self._others.get(outcome, 0) + 1
        return outcome

    def _remember(self, order_id: str, outcome: Status | Reason) -> None:
        self._ended.keep(order_id, outcome)

    def _join(self, place: Place) -> None:
        """An id that was seen before: the first sending's outcome is this one's too."""
        self.duplicates += 1
        self._collector.tell(Duplicate(place))
        if place.ref in self._in_flight:
            self._joined.setdefault(place.ref, []).append(place)
        elif place.reply_to is not None:
            place.reply_to.tell(self._outcome_again(place.ref))

    def _outcome_again(self, order_id: str) -> Outcome:
        match self._ended.get(order_id):
            case "fulfilled" | "partial" | "rejected" as status:
                return Outcome(order_id, status, None)
            case reason:
                return Outcome(order_id, "rejected", reason)

    def _refuse(self, place: Place, order: Order | None, reason: Reason, detail: str) -> None:
        self.refused += 1
        self._collector.tell(Refused(place, order, self.now, reason, detail))
        outcome = self._count("rejected", reason)
        if outcome not in FORGETTABLE:
            self._remember(place.ref, outcome)
        if place.reply_to is not None:
            place.reply_to.tell(Outcome(place.ref, "rejected", reason))
        if self.traced and reason == "overloaded":
            self.note("short", place.ref, detail)

    def on_crash(self, message: object, error: BaseException) -> None:
        """The order in hand has failed; the others go on."""
        if isinstance(message, Place):
            if self._in_flight.get(message.ref) is message:
                del self._in_flight[message.ref]
            self._refuse(message, None, "failed", type(error).__name__)
