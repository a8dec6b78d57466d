"""A shard, seen from the run: stands in for the processors at the other end of its line.

To the router it is a processor that is never busy: orders stand in line at the broker. An order
goes out as JSON, together with those that come right after it; its outcome comes back, once or
several times, and is told once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from actors.messages import Done, Message, Order, Processed, Ready, Serve
from actors.rabbitmq.both.topology import DEPTH
from actors.rabbitmq.both.wire import (
    Job,
    OrderEnd,
    OrderEnded,
    StoredOrder,
    bundle,
    encode,
    gathered,
)
from actors.ref import Ref
from actors.runtime.actor import Actor, receives
from actors.runtime.remote_work import RemoteWork

__all__ = ["Arrived", "Shard", "given_up"]


# Orders of one shard at the broker: so few that the shard's line never refuses one. Refused ones
# would be sent again, after later ones that found room.
CREDIT: Final = DEPTH // 2

TOGETHER: Final = 16  # orders in one message, at most; measured: docs/decisions/0038

GIVEN_UP: Final = ""  # stands for the worker where there was none


def given_up(order: Order) -> OrderEnd:
    """How an order ends that never got to a worker, or was given up on the way."""
    return OrderEnd(
        worker=GIVEN_UP,
        status="rejected",
        reason="failed",
        filled=(0,) * len(order.lines),
        queued=True,
        busy_s=0.0,
        held_s=0.0,
    )


class Arrived(Message, frozen=True):
    """Outcomes have come from the broker."""

    outcomes: Sequence[OrderEnded]


class SendOff(Message, frozen=True):
    """To itself: whatever had come by then has been handled, so send it off."""


class Shard(Actor[Serve | Arrived | SendOff]):
    """Sends orders out, and tells how they ended.

    Args:
        router: who gives it orders.
        collector: who takes what has become of them.
        work: counts what was sent to the broker, and what need not be awaited any more.
        scenario: the fingerprint of what is played.
        publish: sends a message to whoever works on this shard.
        known: orders that had their effect at a previous start of the run, by id; each is taken
            out when it is placed again.
    """

    def __init__(
        self,
        router: Ref[Ready | Done],
        collector: Ref[Processed],
        work: RemoteWork,
        *,
        scenario: str,
        publish: Callable[[bytes], None],
        known: dict[str, StoredOrder],
    ) -> None:
        super().__init__()
        self._router = router
        self._collector = collector
        self._work = work
        self._scenario = scenario
        self._publish = publish
        self._known = known
        self._pending: dict[str, Serve] = {}
        self._held: deque[Serve] = deque()  # of those pending, no room for them at the broker yet
        self._outbox: list[tuple[Serve, bytes]] = []  # of those pending, to be sent off
        self._leaving: Sequence[Serve] = ()  # just being sent, perhaps in vain
        self._telling: Serve | None = None  # just ending, and not told yet
        self._heard = 0  # outcomes of the message in hand, up to the one in hand
        self._failed: set[str] = set()  # told so, although a worker may have them
        self.finished = 0
        self.recovered = 0
        self.repeats = 0
        self.given_up = 0  # by the broker, or here: they have an outcome, and no effect
        self.sold_out: dict[str, float] = {}

    def on_start(self) -> None:
        """Introduce itself to the router."""
        self._router.tell(Ready(self.actor_ref))

    @property
    def in_hand(self) -> int:
        """Orders sent and not answered."""
        return len(self._pending)

    @receives(Serve)
    def serve(self, serve: Serve) -> None:
        """Send an order out, unless it had its effect before."""
        stored = self._known.pop(serve.order.id, None)
        if stored is not None:
            self.recovered += 1
            self._tell(serve, stored.end)
            return
        self._pending[serve.order.id] = serve
        self._work.sent += 1
        if self._held or len(self._pending) > CREDIT:
            self._held.append(serve)
        else:
            self._send(serve)

    def _send(self, serve: Serve) -> None:
        """Send an order off with those that are in the mailbox already; nobody waits for more."""
        self._leaving = (serve,)
        if self.traced:
            self.note("taken", serve.order.id, "sent to the broker")
        self._outbox.append((serve, encode(Job.of(serve, self._scenario))))
        self._leaving = ()
        if len(self._outbox) == 1:
            self.actor_ref.tell(SendOff())
        elif len(self._outbox) >= TOGETHER:
            self._send_off()

    @receives(SendOff)
    def send_off(self, _now: SendOff) -> None:
        """Send what has gathered, and what there is room for."""
        self._release()
        self._send_off()

    def _send_off(self) -> None:
        while self._outbox:
            letters = next(gathered([body for _, body in self._outbox], TOGETHER))
            self._leaving = [serve for serve, _ in self._outbox[: len(letters)]]
            del self._outbox[: len(letters)]
            self._publish(bundle(letters))
            self._leaving = ()

    def _release(self) -> None:
        """Send those that waited for room at the broker."""
        while self._held and len(self._pending) - len(self._held) < CREDIT:
            self._send(self._held.popleft())

    @receives(Arrived)
    def arrived(self, arrived: Arrived) -> None:
        """Tell how orders ended, each the first time it is heard."""
        self._heard = 0
        for outcome in arrived.outcomes:
            self._heard += 1
            self._arrived(outcome)

    def _arrived(self, outcome: OrderEnded) -> None:
        order_id, end = outcome.order, outcome.end
        serve = self._pending.get(order_id)
        lost = end.worker == GIVEN_UP
        if serve is None:
            self.repeats += 1
            if order_id in self._failed and not lost:
                self._failed.remove(order_id)
                self.given_up -= 1  # it has had its effect after all
            return
        self.given_up += lost
        self._tell(serve, end)
        del self._pending[order_id]
        self._work.answered += 1
        if self._held:
            self._release()

    def _tell(self, serve: Serve, end: OrderEnd) -> None:
        self._telling = serve
        now = self.now
        done = Done(self.actor_ref, True, serve.order.id, end.status, end.reason)
        processed = Processed(
            Serve(serve.order, serve.place, end.queued, serve.attempt),
            f"worker/{end.worker}",
            # How long a worker had it in hand is known; all the rest it stood in line.
            max(serve.place.scheduled, now - end.held_s),
            now,
            end.busy_s,
            end.status,
            end.reason,
            end.short,
            end.filled,
        )
        for sku in end.sold_out:
            self._sold_out(sku, now)
        self._telling = None
        self.finished += 1
        self._router.tell(done)
        self._collector.tell(processed)

    def on_crash(self, message: object, error: BaseException) -> None:  # noqa: ARG002
        """What was in hand has failed; the rest of the message, and of the outbox, goes on."""
        leaving, self._leaving = self._leaving, ()
        telling, self._telling = self._telling, None
        for serve in leaving:
            if serve.order.id in self._pending:
                self.given_up += 1
                self._failed.add(serve.order.id)
                self._fail(serve)
        if telling is not None:
            self._fail(telling)
        # Not here and now: what raises while a crash is cleaned up after is lost.
        if isinstance(message, Arrived) and self._heard < len(message.outcomes):
            self.actor_ref.tell(Arrived(message.outcomes[self._heard :]))
        if self._outbox or self._held:
            self.actor_ref.tell(SendOff())

    def _fail(self, serve: Serve) -> None:
        """End an order as failed; one that had its effect before was never sent."""
        self._tell(serve, given_up(serve.order))
        if self._pending.pop(serve.order.id, None) is not None:
            self._work.answered += 1

    def _sold_out(self, sku: str, now: float) -> None:
        if sku not in self.sold_out:
            self.sold_out[sku] = now
            if self.watched:
                self.note("sold_out", "", sku)
