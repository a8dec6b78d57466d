"""3. A processor: serves one order at a time, reserves every line, decides.

It is busy from taking an order until the last inventory's answer. Lines are asked for one
after the other in SKU order, so that of two orders for the same products the one that is
first at the first product gets them all. With `backorder` an order may wait for stock while
the processor is free again for the next.
"""

from __future__ import annotations

from collections.abc import Mapping

from actors.decisions.order_in_service import OrderInService, begin_service, time_in_service
from actors.decisions.stock import conclude
from actors.measure.meters import BusyTime
from actors.messages import (
    Add,
    Answer,
    Done,
    Fulfilment,
    GiveUp,
    Processed,
    Ready,
    Reason,
    Reserve,
    Serve,
    Served,
    Settle,
    Status,
)
from actors.ref import Ref
from actors.runtime.actor import Actor, receives
from actors.scenario.distributions import Distribution

__all__ = ["Processor"]


SERVED = Served()


class Processor(Actor[Serve | Served | Answer | GiveUp]):
    """Works on one order at a time.

    Args:
        router: who gives it orders.
        inventories: by SKU.
        collector: who takes what has become of them.
        busy: the meter of its time.
        service_time: of an order, seconds.
        line_time: added for each line of an order, seconds.
        fulfilment: what happens when stock is short.
    """

    def __init__(
        self,
        router: Ref[Ready | Done],
        inventories: Mapping[str, Ref[Reserve | Add | Settle]],
        collector: Ref[Processed],
        busy: BusyTime,
        *,
        service_time: Distribution,
        line_time: Distribution,
        fulfilment: Fulfilment,
    ) -> None:
        super().__init__()
        self._router = router
        self._inventories = inventories
        self._collector = collector
        self._busy = busy
        self._service = service_time.times()
        self._line_time = line_time.times() if line_time.mean else None
        self._fulfilment = fulfilment
        self._hopeless = fulfilment == "all_or_nothing"  # once one line is short
        self._work: OrderInService | None = None
        self._backorders: dict[str, OrderInService] = {}
        self.finished = 0

    @property
    def in_hand(self) -> int:
        """Orders taken and not finished: the one being served and those that wait for stock."""
        return len(self._backorders) + (self._work is not None)

    @property
    def backorders(self) -> int:
        """Orders that wait for stock."""
        return len(self._backorders)

    def on_start(self) -> None:
        """Introduce itself to the router."""
        self._router.tell(Ready(self.actor_ref))

    @receives(Serve)
    def serve(self, serve: Serve) -> None:
        """Take an order and spend its service time."""
        self._work = begin_service(serve, self.now)
        lines = len(serve.order.lines)
        if self.traced:
            self.note("taken", serve.order.id, f"lines: {lines}")
        time = time_in_service(serve.place.luck, lines, self._service, self._line_time)
        self.after(time, SERVED)

    @receives(Served)
    def served(self, _served: Served) -> None:
        """Ask for the first line."""
        if self._work is not None:
            self._ask(self._work)

    def _ask(self, work: OrderInService) -> None:
        """Ask the next line's inventory, the lines being in SKU order."""
        line = work.asked
        work.asked = line + 1
        serve, sku, quantity = work.serve, work.skus[line], work.wanted[line]
        order_id, attempt, luck = work.order_id, serve.attempt, serve.place.luck.shelf
        if serve.order.kind == "sale":
            take = len(work.skus) == 1  # nothing else can fail: no reservation needed
            request: Reserve | Add = Reserve(
                order_id, attempt, line, quantity, self._fulfilment, take, self.actor_ref, luck
            )
        else:
            kind = serve.order.kind
            request = Add(order_id, attempt, line, quantity, kind, self.actor_ref, luck)
        self._inventories[sku].tell(request)

    @receives(Answer)
    def answered(self, answer: Answer) -> None:
        """Go on to the next line, or conclude.

        An answer to an older attempt is ignored, and so is one that was there before.
        """
        work = self._work
        order_id = answer.order_id
        if work is None or work.order_id != order_id:
            work = self._backorders.get(order_id)
        if work is None or work.serve.attempt != answer.attempt:
            return
        if work is self._work and answer.line == work.asked - 1:
            self._line_answered(work, answer)
        elif answer.line in work.waiting and not answer.waiting:
            self._rest_arrived(work, answer)

    def _line_answered(self, work: OrderInService, answer: Answer) -> None:
        line, granted = answer.line, answer.granted
        work.granted[line] = granted
        if answer.waiting:
            work.waiting |= {line}
            work.held = True
        if answer.failed:
            self._fail(work)
            return
        if granted < work.wanted[line]:
            work.short = True
            if self._hopeless:
                self._end(work, "rejected", "out_of_stock")
                return
        if work.asked < len(work.skus):
            self._ask(work)
        elif work.waiting:
            self._put_aside(work)
        else:
            self._conclude(work)

    def _rest_arrived(self, work: OrderInService, answer: Answer) -> None:
        """The rest of a backordered line has come; the order may still be asking for others."""
        work.granted[answer.line] += answer.granted
        work.waiting -= {answer.line}
        if not work.waiting and work is not self._work:
            self._conclude(work)

    def _conclude(self, work: OrderInService) -> None:
        status: Status = "fulfilled"
        if work.short:
            status = conclude(work.wanted, work.granted, self._fulfilment)
        self._end(work, status, "out_of_stock" if status == "rejected" else None)

    def _put_aside(self, work: OrderInService) -> None:
        """Every line is asked for, some wait: keep the order and be free for the next."""
        self._stop_clock(work, self.now)
        self._backorders[work.order_id] = work
        self._work = None
        if self.traced:
            self.note("backorder", work.order_id, f"waits for {', '.join(work.short_of())}")
        self._router.tell(Ready(self.actor_ref, again=True))

    def _stop_clock(self, work: OrderInService, now: float) -> None:
        work.busy = now - work.started
        self._busy.add(work.started, now)

    def _end(self, work: OrderInService, status: Status, reason: Reason | None) -> None:
        """Settle what is held, tell the router and the collector how it ended."""
        now = self.now
        in_hand = work is self._work
        if in_hand:
            self._stop_clock(work, now)
            self._work = None
        else:
            del self._backorders[work.order_id]
        if work.held:
            self._settle(work, commit=status != "rejected")
        short = () if status == "fulfilled" or reason == "failed" else work.short_of()
        if status == "rejected":
            work.granted = [0] * len(work.granted)
        self.finished += 1
        self._router.tell(Done(self.actor_ref, in_hand, work.order_id, status, reason))
        self._collector.tell(
            Processed(
                work.serve,
                self.name,
                work.started,
                now,
                work.busy,
                status,
                reason,
                short,
                work.filled(),
            ),
        )

    def _fail(self, work: OrderInService) -> None:
        """End an order that met a mistake; units that are on a shelf already stay there."""
        if work.serve.order.kind != "sale" and any(work.granted):
            self._end(work, "partial", None)
        else:
            self._end(work, "rejected", "failed")

    def _settle(self, work: OrderInService, *, commit: bool) -> None:
        """Sell or give back what the inventories hold; one that holds nothing ignores it."""
        settle = Settle(work.order_id, work.serve.attempt, commit)
        for sku in work.skus[: work.asked]:
            self._inventories[sku].tell(settle)

    @receives(GiveUp)
    def give_up(self, _give_up: GiveUp) -> None:
        """End every order that still waits for stock, the oldest first."""
        for work in list(self._backorders.values()):
            self._end(work, "rejected", "out_of_stock")

    def on_crash(self, message: object, error: BaseException) -> None:  # noqa: ARG002
        """The order that the message was about has failed; others may succeed."""
        work = self._work
        if work is None and isinstance(message, Serve):
            work = self._work = begin_service(message, self.now)
        elif isinstance(message, Answer) and (work is None or work.order_id != message.order_id):
            work = self._backorders.get(message.order_id)
        elif isinstance(message, GiveUp):
            return
        if work is not None:
            if work is self._work:
                self.forget_timers()  # its service time must not end in the next order's
            self._fail(work)
