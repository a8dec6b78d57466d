"""4. An inventory: owns one product, its stock and its lock.

Every change of one product's stock happens here, one after the other. The lock is held once
and shortly for each change, and is there for readers *outside* the actor (a live page, the
audit): they see on hand and reserved as one consistent pair on every runtime. Within the
actor the mailbox already serialises.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import Final

from actors.common.generational_memory import GenerationalMemory
from actors.common.random_streams import fork
from actors.decisions.stock import Change, Stock, apply, grant
from actors.measure.meters import BusyTime
from actors.messages import Add, Answer, Handled, Reserve, Settle
from actors.runtime.actor import Actor, receives
from actors.scenario.distributions import Distribution

__all__ = ["REMEMBERED", "Inventory"]

REMEMBERED: Final = 128  # answers, at least, given again to a request that comes twice


HANDLED = Handled()


class Backorder:
    """A request whose rest waits for stock, first come first served."""

    __slots__ = ("missing", "request", "rest")

    def __init__(self, request: Reserve, missing: int) -> None:
        self.request = request
        self.rest = missing  # what the answer will grant once it is complete
        self.missing = missing


class Inventory(Actor[Reserve | Add | Settle | Handled]):
    """The stock of one product.

    Args:
        sku: the product.
        stock: units on hand at first.
        service_time: of one request, seconds; requests wait in line for it.
        busy: the meter of its time.
    """

    def __init__(self, sku: str, stock: int, service_time: Distribution, busy: BusyTime) -> None:
        super().__init__()
        self.sku = sku
        self.initial = stock
        self._lock = threading.Lock()
        self._stock = Stock(stock)
        self._line: deque[Reserve | Add] | None = None  # of those that serve at once
        if service_time.mean:
            self._line = deque()
            self._service = service_time.times()
        self._since = 0.0
        self._in_service: Reserve | Add | None = None
        self._held: dict[str, tuple[int, int]] = {}  # order id → (attempt, units reserved)
        self._backorders: OrderedDict[str, Backorder] = OrderedDict()
        self._answers: GenerationalMemory[str, Answer] = GenerationalMemory(
            REMEMBERED
        )  # by order id
        self._busy = busy
        self.sold = 0
        self.returned = 0
        self.restocked = 0
        self.short = 0  # units refused, at last, because there were too few
        self.lowest = stock
        self.sold_out_at: float | None = None if stock else 0.0

    @property
    def stock(self) -> Stock:
        """On hand and reserved, consistent at any time and from any thread."""
        with self._lock:
            return self._stock

    @receives(Reserve, Add)
    def request(self, request: Reserve | Add) -> None:
        """Handle a request at once, or, with a service time, in line."""
        if self._line is None:
            self._handle(request)
            return
        self._line.append(request)
        if len(self._line) == 1:
            self._begin(request)

    def _begin(self, first: Reserve | Add) -> None:
        self._since = self.now
        self.after(self._service(fork(first.luck, first.line)), HANDLED)

    @receives(Handled)
    def handled(self, _handled: Handled) -> None:
        """The first in line has been served."""
        self._busy.add(self._since, self.now)
        line = self._line
        assert line is not None  # noqa: S101 — who serves at once never waits for a time
        request = self._in_service = line.popleft()
        if line:
            self._begin(line[0])
        self._handle(request)

    def _handle(self, request: Reserve | Add) -> None:
        """Answer once for each (order id, attempt), however often it is asked."""
        order_id = request.order_id
        before = self._answers.get(order_id)
        if before is not None and before.attempt >= request.attempt:
            if before.attempt == request.attempt:
                request.reply_to.tell(before)
            return
        if order_id in self._held and not self._supersedes(request):
            return
        answer = self.reserve(request) if isinstance(request, Reserve) else self.add(request)
        self._answers.keep(order_id, answer)
        request.reply_to.tell(answer)
        if self._backorders:
            self._serve_backorders()
        if self.traced:
            self._note_answer(request, answer.granted)

    def _supersedes(self, request: Reserve | Add) -> bool:
        """Whether a request takes the place of what its order holds: a newer attempt's does."""
        attempt, held = self._held[request.order_id]
        if request.attempt > attempt:
            self._backorders.pop(request.order_id, None)
            self.settle(Settle(request.order_id, attempt, commit=False))
            return True
        if request.attempt == attempt:
            waiting = request.order_id in self._backorders
            request.reply_to.tell(
                Answer(request.order_id, attempt, request.line, self.sku, held, waiting=waiting)
            )
        return False

    def reserve(self, request: Reserve) -> Answer:
        """Hold what there is for an order line, or sell it at once."""
        order_id, attempt, wanted = request.order_id, request.attempt, request.quantity
        granted = self.grantable(request)
        waiting = granted < wanted and request.fulfilment == "backorder"
        if granted < wanted and not waiting:
            self.short += wanted - granted
        if request.take and not waiting:
            self._change("take", granted)
            self.sold += granted
        else:
            self._change("reserve", granted)
            if granted or waiting:
                self._held[order_id] = (attempt, granted)
        if waiting:
            self._backorders[order_id] = Backorder(request, wanted - granted)
        return Answer(order_id, attempt, request.line, self.sku, granted, waiting)

    def grantable(self, request: Reserve) -> int:
        """How many units a request gets: the check that keeps stock from going below zero."""
        return grant(self._stock, request.quantity, request.fulfilment)

    def _note_answer(self, request: Reserve | Add, granted: int) -> None:
        if isinstance(request, Add):
            self.note("added", request.order_id, f"{granted} × {self.sku}")
        elif granted == request.quantity:
            self.note("reserved", request.order_id, f"{granted} × {self.sku}")
        else:
            self.note("short", request.order_id, f"{granted} of {request.quantity} × {self.sku}")

    def add(self, request: Add) -> Answer:
        """Put returned or restocked units on the shelf."""
        self._change("add", request.quantity)
        if request.kind == "return":
            self.returned += request.quantity
        else:
            self.restocked += request.quantity
        return Answer(request.order_id, request.attempt, request.line, self.sku, request.quantity)

    @receives(Settle)
    def settle(self, settle: Settle) -> None:
        """Sell what an order holds, or give it back; an order that holds nothing is ignored."""
        holding = self._held.get(settle.order_id)
        if holding is None:
            self._cancel(settle)
            return
        attempt, held = holding
        if attempt != settle.attempt:
            return
        del self._held[settle.order_id]
        unmet = self._backorders.pop(settle.order_id, None)
        if settle.commit:
            self._change("commit", held)
            self.sold += held
        else:
            if unmet is not None:
                self.short += unmet.request.quantity
            self._change("release", held)
            self._serve_backorders()

    def _cancel(self, settle: Settle) -> None:
        """A settlement does not stand in line: see that it is not overtaken by its request."""
        before = self._answers.get(settle.order_id)
        if self._line and (before is None or before.attempt < settle.attempt):
            nothing = Answer(settle.order_id, settle.attempt, 0, self.sku, 0)
            self._answers.keep(settle.order_id, nothing)

    def _serve_backorders(self) -> None:
        """Promise what came free to those who wait, the first first."""
        while self._backorders and self._stock.available > 0:
            order_id, backorder = next(iter(self._backorders.items()))
            units = min(self._stock.available, backorder.missing)
            self._change("reserve", units)
            attempt, held = self._held[order_id]
            self._held[order_id] = (attempt, held + units)
            backorder.missing -= units
            if not backorder.missing:
                del self._backorders[order_id]
                request = backorder.request
                request.reply_to.tell(
                    Answer(order_id, attempt, request.line, self.sku, backorder.rest)
                )

    def _change(self, change: Change, quantity: int) -> None:
        """The one place where stock changes, under the lock."""
        with self._lock:
            stock = self._stock = apply(self._stock, change, quantity)
        on_hand = stock.on_hand
        available = on_hand - stock.reserved
        if available <= 0:
            self._ran_out(min(available, on_hand))

    def _ran_out(self, level: int) -> None:
        if level < self.lowest:
            self.lowest = level
        if self.sold_out_at is None:
            self.sold_out_at = self.now
            if self.watched:
                self.note("sold_out", "", "")

    def on_crash(self, message: object, error: BaseException) -> None:  # noqa: ARG002
        """Tell the processor that waits, so that the order ends as failed and is not lost."""
        request = self._in_service if isinstance(message, Handled) else message
        if not isinstance(request, (Reserve, Add)):
            return
        before = self._answers.get(request.order_id)
        if before is None or before.attempt < request.attempt:
            request.reply_to.tell(
                Answer(request.order_id, request.attempt, request.line, self.sku, 0, failed=True)
            )
