"""Mailboxes in virtual time, and one that belongs to nobody.

All messages wait in the runtime's one queue, with their mailbox beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Never

from pykka._envelope import Envelope
from typing_extensions import override

from actors.runtime.actor import Actor
from actors.runtime.mailbox import Mailbox

if TYPE_CHECKING:
    from actors.runtime.virtual import VirtualRuntime

__all__ = ["SENT", "Breaker", "Interrupted", "VirtualMailbox"]

SENT: Final = -1  # in an epoch's place, for a message that no timer brings


class VirtualMailbox(Mailbox):
    """An address in virtual time: it holds no messages, they wait in the runtime's one queue."""

    __slots__ = ("engine", "epoch")

    def __init__(self, name: str, engine: VirtualRuntime) -> None:
        super().__init__(name, engine)
        self.engine = engine
        self.epoch = 0

    @override
    def equip(self, actor: Actor) -> None:
        actor.tell = self.engine.quick_tell
        actor.after = self.after
        actor.at = self.at

    def after(self, delay: float, message: object) -> None:
        """Send to this mailbox's actor in `delay` seconds."""
        self.engine.set_timer(self.engine.time + delay, self, message)

    def at(self, when: float, message: object) -> None:
        """Send to this mailbox's actor at the moment `when`, or now if that has passed."""
        self.engine.set_timer(when, self, message)

    @override
    def forget_timers(self) -> None:
        self.epoch += 1

    @override
    def close(self) -> None:
        self.closed = True
        self.engine.forget_address(self.name)

    @override
    def start(self) -> None:
        # Pykka runs `on_start` at the beginning of the actor's life, before any message.
        self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook

    def run(self) -> None:
        """Nothing: the runtime's one loop serves every mailbox."""

    @override
    def put(self, envelope: Envelope[Any], /) -> None:
        self.bind(envelope)
        self.engine.post(self, envelope)

    @override
    def get(self) -> Never:
        raise IndexError("a virtual mailbox keeps no messages of its own")

    @override
    def empty(self) -> bool:
        return True


class Breaker(VirtualMailbox):
    """At the front of the queue, ends the loop: a run that nobody interrupts pays nothing."""

    @override
    def bury(self, message: object) -> None:
        raise Interrupted


class Interrupted(BaseException):
    """Ends the loop between two deliveries; no handler can catch it, for none is running."""
