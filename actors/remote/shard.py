"""A shard, seen from the run: stands in for the processors at the other end of its line.

To the router it is a processor that is never busy: orders stand in line at the broker. An order
goes out as JSON, together with those that come right after it; its outcome comes back, once or
several times, and is told once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from actors.broker.topology import DEPTH
from actors.broker.wire import Ending, Job, Outcome, Settled, bundles, encode
from actors.measure.average import BusyTime
from actors.messages import Done, Message, Processed, Serve
from actors.runtime.actor import Actor, receives

__all__ = ["GIVEN_UP", "Arrived", "Shard"]


# Orders of one shard at the broker: so few that the shard's line never refuses one. Refused ones
# would be sent again, after later ones that found room.
CREDIT: Final = DEPTH // 2

TOGETHER: Final = 16  # orders in one message, at most; measured: docs/decisions/0038

GIVEN_UP: Final = ""  # stands for the worker where there was none


class Arrived(Message, frozen=True):
    """Outcomes have come from the broker."""

    outcomes: Sequence[Outcome]


class SendOff(Message, frozen=True):
    """To itself: whatever had come by then has been handled, so send it off."""


class Shard(Actor):
    """Sends orders out, and tells how they ended.

    Args:
        scenario: the fingerprint of what is played.
        publish: sends a message to whoever works on this shard.
        known: what an earlier start of the run has settled, by order id; each outcome is taken
            out when its order is placed again.
    """

    def __init__(
        self, scenario: str, publish: Callable[[bytes], None], known: dict[str, Settled]
    ) -> None:
        super().__init__()
        self._scenario = scenario
        self._publish = publish
        self._known = known
        self._pending: dict[str, Serve] = {}
        self._held: deque[Serve] = deque()  # of those pending, no room for them abroad yet
        self._outbox: list[bytes] = []  # of those pending, to be sent off
        self.sent = 0  # to the broker; only grows, as `met` does: see `RemoteRuntime`
        self.met = 0
        self.finished = 0
        self.recovered = 0
        self.repeats = 0
        self.given_up = 0  # by the broker: they have an outcome, and no effect
        self.sold_out: dict[str, float] = {}
        self.busy = BusyTime()  # none: the workers tell of theirs

    @property
    def in_hand(self) -> int:
        """Orders sent and not answered."""
        return len(self._pending)

    @property
    def backorders(self) -> int:
        """None: an order over a broker does not wait for stock."""
        return 0

    @receives(Serve)
    def serve(self, serve: Serve) -> None:
        """Send an order out, unless it was settled before."""
        settled = self._known.pop(serve.order.id, None)
        if settled is not None:
            self.recovered += 1
            self._tell(serve, settled.ending)
            return
        self._pending[serve.order.id] = serve
        self.sent += 1
        if len(self._pending) <= CREDIT:
            self._send(serve)
        else:
            self._held.append(serve)

    def _send(self, serve: Serve) -> None:
        """Send an order off with those that are in the mailbox already; nobody waits for more."""
        if self.traced:
            self.note("taken", serve.order.id, "sent to the broker")
        self._outbox.append(encode(Job.of(serve, self._scenario)))
        if len(self._outbox) == 1:
            self.tell(self.name, SendOff())
        elif len(self._outbox) >= TOGETHER:
            self._send_off()

    @receives(SendOff)
    def send_off(self, _now: SendOff) -> None:
        """Send what has gathered."""
        self._send_off()

    def _send_off(self) -> None:
        outbox, self._outbox = self._outbox, []
        for body in bundles(outbox, TOGETHER):
            self._publish(body)

    @receives(Arrived)
    def arrived(self, arrived: Arrived) -> None:
        """Tell how orders ended, each the first time it is heard."""
        for outcome in arrived.outcomes:
            self._arrived(outcome)

    def _arrived(self, outcome: Outcome) -> None:
        serve = self._pending.pop(outcome.order, None)
        if serve is None:
            self.repeats += 1
            return
        if self._held:
            self._send(self._held.popleft())
        self._tell(serve, outcome.ending)
        self.given_up += outcome.ending.worker == GIVEN_UP
        self.met += 1

    def _tell(self, serve: Serve, ending: Ending) -> None:
        now = self.now
        self.finished += 1
        for sku in ending.sold_out:
            self._sold_out(sku, now)
        done = Done(self.name, True, serve.order.id, ending.status, ending.reason)
        self.tell("router", done)
        self.tell(
            "collector",
            Processed(
                Serve(serve.order, serve.place, ending.queued, serve.attempt),
                f"worker/{ending.worker}",
                # How long a worker had it in hand is known; all the rest it stood in line.
                max(serve.place.scheduled, now - ending.held_s),
                now,
                ending.busy_s,
                ending.status,
                ending.reason,
                ending.short,
                ending.filled,
            ),
        )

    def _sold_out(self, sku: str, now: float) -> None:
        if sku not in self.sold_out:
            self.sold_out[sku] = now
            if self.watched:
                self.note("sold_out", "", f"{sku}: nothing is left to promise")
