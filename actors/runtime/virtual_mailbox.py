"""Mailboxes in virtual time, and two that belong to nobody.

All messages wait in the runtime's one queue, with their mailbox beside them.
"""

from __future__ import annotations

from heapq import heappush
from typing import TYPE_CHECKING, Any, Never

from pykka._envelope import Envelope
from typing_extensions import override

from actors.runtime.actor import Actor
from actors.runtime.mailbox import Mailbox

if TYPE_CHECKING:
    from actors.runtime.virtual import VirtualRuntime

__all__ = ["Breaker", "Interrupted", "Nobody", "VirtualMailbox"]


class VirtualMailbox(Mailbox):
    """An address in virtual time: it holds no messages, they wait in the runtime's one queue."""

    __slots__ = ("epoch",)

    runtime: VirtualRuntime

    def __init__(self, name: str, runtime: VirtualRuntime) -> None:
        super().__init__(name, runtime)
        self.epoch = 0

    @override
    def equip(self, actor: Actor) -> None:
        actor.tell = self.runtime.quick_tell
        actor.after = self.after
        actor.at = self.at

    def after(self, delay: float, message: object) -> None:
        """Send to this mailbox's actor in `delay` seconds."""
        runtime = self.runtime
        if delay > 0.0:
            when = runtime.now + delay
            heappush(runtime.timers, (when, next(runtime.serial), [self, message], self.epoch))
        else:
            runtime.post([self, message])

    def at(self, when: float, message: object) -> None:
        """Send to this mailbox's actor at the moment `when`, or now if that has passed."""
        runtime = self.runtime
        if when > runtime.now:
            heappush(runtime.timers, (when, next(runtime.serial), [self, message], self.epoch))
        else:
            runtime.post([self, message])

    @override
    def forget_timers(self) -> None:
        self.epoch += 1
        self.runtime.strike_due(self)

    @override
    def close(self) -> None:
        self.closed = True
        self.runtime.forget_address(self.name)

    @override
    def start(self) -> None:
        # Pykka runs `on_start` at the beginning of the actor's life, before any message.
        self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook

    def run(self) -> None:
        """Nothing: the runtime's one loop serves every mailbox."""

    @override
    def put(self, envelope: Envelope[Any], /) -> None:
        self.bind(envelope)
        self.runtime.post((self, envelope))

    @override
    def get(self) -> Never:
        raise IndexError("a virtual mailbox keeps no messages of its own")

    @override
    def empty(self) -> bool:
        return True


class Nobody(VirtualMailbox):
    """Where a timer's message goes that was forgotten when it was due already."""

    @override
    def bury(self, message: object) -> None:
        """Nothing: it was never sent."""


class Breaker(VirtualMailbox):
    """At the front of the queue, ends the loop: a run that nobody interrupts pays nothing."""

    @override
    def bury(self, message: object) -> None:
        raise Interrupted


class Interrupted(BaseException):
    """Ends the loop between two deliveries; no handler can catch it, for none is running."""
