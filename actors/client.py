"""1. Clients: place orders as JSON.

An *open* client sends on schedule, whatever the answers; the clients of a group take turns at
one arrival process, which the first of them deals out. A *closed* client orders, waits for the
answer, thinks, and orders again. A *replaying* client sends what a recorded log says.

A latency counts from the moment an order was scheduled, which travels in the envelope: an
overloaded system cannot make its own waiting times disappear (coordinated omission).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import repeat
from typing import ClassVar, Final, Generic, Literal, TypeVar

import msgspec

from actors.common.random_streams import Chance
from actors.decisions.order_json import encode_order
from actors.measure.answers import Answers
from actors.measure.ledger import Ledger
from actors.measure.sample import ExactSum
from actors.messages import (
    EVEN_LUCK,
    Begin,
    Due,
    Halt,
    Kind,
    Line,
    Luck,
    Order,
    Outcome,
    Place,
    Turns,
)
from actors.ref import Ref
from actors.runtime.actor import Actor, receives
from actors.scenario.choices import IntRange, Weighted
from actors.scenario.distributions import Distribution
from actors.scenario.recorded.recording import RecordedOrder
from actors.scenario.schedule import Schedule

__all__ = ["Client", "ClosedClient", "OpenClient", "OrderForm", "Purpose", "ReplayClient"]

Heard_contra = TypeVar("Heard_contra", contravariant=True)

Purpose = Literal["service", "line", "shelf"]

DEALT_ROUNDS: Final = 16  # turns that the first client deals to each at a time
DEALT_AT_MOST: Final = 4_096


DUE = Due()


class OrderForm(msgspec.Struct, frozen=True):
    """What the orders of one group look like."""

    lines: IntRange
    quantity: IntRange
    sku: Weighted[str]
    kind: Weighted[Kind]
    priority: Weighted[int]


class Client(Actor[Heard_contra], Generic[Heard_contra]):
    """What all clients share: they place orders and count them.

    `keeps_schedule` says that it places the orders that its group is due, each at the very moment
    for which it is scheduled; the audit holds it to that. A class that does otherwise says False.

    Args:
        group: its name, as in the scenario.
        router: where orders go.
        ledger: the audit's book of open orders.
        chancy: which of an order's times chance has a part in.
    """

    keeps_schedule: ClassVar[bool] = True

    def __init__(
        self, group: str, router: Ref[Place], ledger: Ledger, chancy: Collection[Purpose] = ()
    ) -> None:
        super().__init__()
        self.group = group
        self._router = router
        self.label = self.name.removeprefix("client/")
        self._ledger = ledger
        self._luck = _lucks(self.rng, chancy)
        self._phase = ""
        self._halted = False
        self.placed = 0
        self.scheduled = ExactSum()
        self.answers = Answers()

    def send(
        self,
        ref: str,
        body: bytes,
        scheduled: float,
        phase: str,
        *,
        reply_to: Ref[Outcome] | None = None,
        luck: Luck | None = None,
    ) -> None:
        """Place an order, with luck of its own: enter it in the ledger, then tell the router."""
        if luck is None:
            luck = self._luck()
        place = Place(ref, body, scheduled, self.name, self.group, phase, reply_to, luck)
        self._ledger.placed(place)
        self.placed += 1
        self.scheduled.add(scheduled)
        if self.traced:
            self.note("placed", ref, str(len(body)))
        self._router.tell(place)

    def enter(self, phase: str) -> None:
        """Say that the group is in a new phase."""
        self._phase = phase
        if self.watched and phase:
            self.note("phase", "", f"{self.group} {phase}")

    @receives(Halt)
    def halt(self, _halt: Halt) -> None:
        """Place no more orders, whatever is on its way to this client already."""
        self._halted = True
        self.forget_timers()


def _lucks(rng: Callable[[Purpose], Chance], chancy: Collection[Purpose]) -> Callable[[], Luck]:
    """What draws an order's luck, each purpose from a stream of its own, and only those wanted."""
    if not chancy:
        return lambda: EVEN_LUCK
    if list(chancy) == ["service"]:
        random = rng("service").random
        return lambda: Luck(random())

    def stream(purpose: Purpose) -> Callable[[], float]:
        return rng(purpose).random if purpose in chancy else repeat(0.5).__next__

    service, line, shelf = stream("service"), stream("line"), stream("shelf")
    return lambda: Luck(service(), line(), shelf())


class WritingClient(Client[Heard_contra], Generic[Heard_contra]):
    """A client that makes its orders up from a form.

    Args:
        group: its name, as in the scenario.
        router: where orders go.
        ledger: the audit's book of open orders.
        form: what its orders look like.
        chancy: which of an order's times chance has a part in.
    """

    def __init__(
        self,
        group: str,
        router: Ref[Place],
        ledger: Ledger,
        form: OrderForm,
        chancy: Collection[Purpose] = (),
    ) -> None:
        super().__init__(group, router, ledger, chancy)
        self._lines = form.lines.sampler(self.rng("lines"))
        self._quantity = form.quantity.sampler(self.rng("quantity"))
        self._sku = form.sku.sampler(self.rng("sku"))
        self._kind = form.kind.sampler(self.rng("kind"))
        self._priority = form.priority.sampler(self.rng("priority"))

    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        """Draw an order and send it."""
        ref = f"{self.label}-{self.placed + 1}"
        lines = tuple([Line(self._sku(), self._quantity()) for _ in range(self._lines())])
        order = Order(
            id=ref,
            client=self.label,
            kind=self._kind(),
            placed_at=scheduled,
            priority=self._priority(),
            lines=lines,
        )
        self.send(ref, encode_order(order), scheduled, phase, reply_to=reply_to)


class OpenClient(WritingClient[Begin | Halt | Turns | Due]):
    """Sends on schedule.

    Args:
        group: its name, as in the scenario.
        router: where orders go.
        ledger: the audit's book of open orders.
        form: what its orders look like.
        schedule: when the group's orders leave; the first client deals it out to all.
        chancy: which of an order's times chance has a part in.
    """

    def __init__(
        self,
        group: str,
        router: Ref[Place],
        ledger: Ledger,
        form: OrderForm,
        schedule: Schedule,
        chancy: Collection[Purpose] = (),
    ) -> None:
        super().__init__(group, router, ledger, form, chancy)
        self._schedule = schedule
        self._peers: Sequence[Ref[Turns]] = ()  # all clients of the group; the first has them
        self._turns: deque[tuple[float, str]] = deque()

    @receives(Begin)
    def begin(self, begin: Begin) -> None:
        """The first client of the group deals the first turns."""
        self._peers = begin.peers
        if self._peers and not self._halted:
            self._deal()

    def _deal(self) -> None:
        """Take the group's next moments and give each client its share of them."""
        count = len(self._peers)
        rounds = max(1, min(DEALT_ROUNDS, DEALT_AT_MOST // count))
        drawn = self._schedule.take(rounds * count)
        for place, peer in enumerate(self._peers[: len(drawn)]):
            peer.tell(Turns(tuple(drawn[place::count])))

    @receives(Turns)
    def take_turns(self, turns: Turns) -> None:
        """Add turns to those still to come."""
        if self._halted:
            return
        idle = not self._turns
        self._turns.extend(turns.turns)
        if idle:
            self.at(self._turns[0][0], DUE)

    @receives(Due)
    def due(self, _due: Due) -> None:
        """Place the order that is due, and wait for the next turn."""
        moment, phase = self._turns.popleft()
        if self._peers and phase != self._phase:
            self.enter(phase)
        self.place(moment, phase)
        if self._turns:
            self.at(self._turns[0][0], DUE)
        elif self._peers:
            self._deal()


class ClosedClient(WritingClient[Begin | Halt | Due | Outcome]):
    """Orders, waits for the answer, thinks.

    Args:
        group: its name, as in the scenario.
        router: where orders go.
        ledger: the audit's book of open orders.
        form: what its orders look like.
        timeline: the phases' (name, start, end), one after another.
        think: the time between an answer and the next order, seconds.
        chancy: which of an order's times chance has a part in.
    """

    def __init__(
        self,
        group: str,
        router: Ref[Place],
        ledger: Ledger,
        form: OrderForm,
        timeline: Sequence[tuple[str, float, float]],
        think: Distribution,
        chancy: Collection[Purpose] = (),
    ) -> None:
        super().__init__(group, router, ledger, form, chancy)
        self._think = think.sampler(self.rng("think"))
        self._timeline = deque(timeline)

    @receives(Begin, Due)
    def order(self, _due: Begin | Due) -> None:
        """Place an order, unless the last phase is over."""
        now = self.now
        while self._timeline and now >= self._timeline[0][2]:
            self._timeline.popleft()
        if self._timeline and not self._halted:
            self.place(now, self._timeline[0][0], reply_to=self.actor_ref)

    @receives(Outcome)
    def answered(self, outcome: Outcome) -> None:
        """Think about the answer, unless the last phase would be over by then.

        A timer that leads to no order must not keep the run alive: it would thin out every
        figure that is averaged over the run's time.
        """
        self.answers.note(outcome.order_id, outcome.status, outcome.reason)
        due = self.now + self._think()
        if not self._halted and self._timeline and due < self._timeline[-1][2]:
            self.at(due, DUE)


class ReplayClient(Client[Begin | Halt | Due]):
    """Sends the orders of a recorded log, each at its recorded time.

    Args:
        group: its name, as in the scenario.
        router: where orders go.
        ledger: the audit's book of open orders.
        orders: by time.
        timeline: phases' (name, start, end) that the orders fall into.
        chancy: which of an order's times chance has a part in.
    """

    def __init__(
        self,
        group: str,
        router: Ref[Place],
        ledger: Ledger,
        orders: Sequence[RecordedOrder],
        timeline: Sequence[tuple[str, float, float]],
        chancy: Collection[Purpose] = (),
    ) -> None:
        super().__init__(group, router, ledger, chancy)
        self._orders = deque(orders)
        self._timeline = timeline

    @receives(Begin)
    def begin(self, _begin: Begin) -> None:
        """Wait for the first order's time."""
        if not self._halted:
            self._await_next()

    def _await_next(self) -> None:
        if self._orders:
            self.at(self._orders[0].at, DUE)

    @receives(Due)
    def due(self, _due: Due) -> None:
        """Send the order that is due."""
        order = self._orders.popleft()
        phase = next((n for n, start, end in self._timeline if start <= order.at < end), "")
        self.send(order.id, order.body(), order.at, phase)
        self._await_next()
