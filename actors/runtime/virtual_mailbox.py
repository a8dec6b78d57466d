"""Mailboxes in virtual time, and one that belongs to nobody.

All messages wait in the runtime's one queue, with their mailbox beside them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Never

from typing_extensions import override

from actors.runtime.agenda import Agenda
from actors.runtime.engine import Engine
from actors.runtime.mailbox import SENT, Mailbox
from actors.runtime.signs import LOOK

__all__ = ["Breaker", "Interrupted", "VirtualMailbox"]


class VirtualMailbox(Mailbox):
    """An address in virtual time: it holds no messages, they wait in the agenda."""

    def __init__(
        self, name: str, engine: Engine, factory: Callable[[], object], agenda: Agenda
    ) -> None:
        super().__init__(name, engine, factory)
        self.agenda = agenda

    @override
    def post(self, message: object) -> None:
        if self.closed:
            self.bury(message)
        else:
            self.agenda.ready.append((self, message, SENT))

    @override
    def post_after(self, delay: float, message: object) -> None:
        self.agenda.set(self.agenda.time + delay, self, message, SENT, background=False)

    @override
    def summon(self) -> None:
        # Appending to a deque is safe from any thread.
        self.agenda.ready.appendleft((self, LOOK, SENT))

    @override
    def after(self, delay: float, message: object, *, background: bool = False) -> None:
        agenda = self.agenda
        agenda.set(agenda.time + delay, self, message, self.epoch, background=background)

    @override
    def at(self, when: float, message: object, *, background: bool = False) -> None:
        self.agenda.set(when, self, message, self.epoch, background=background)

    @override
    def take_back(self, aside: deque[tuple[object, int]]) -> None:
        self.agenda.ready.extendleft([(self, message, epoch) for message, epoch in reversed(aside)])

    @override
    def start(self) -> None:
        # Pykka runs `on_start` at the beginning of the actor's life, before any message.
        self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook

    @override
    def run(self) -> None:
        """Nothing: the runtime's one loop serves every mailbox."""


class Breaker(VirtualMailbox):
    """At the front of the queue, ends the loop: a run that nobody interrupts pays nothing."""

    def __init__(self, engine: Engine, agenda: Agenda) -> None:
        super().__init__("", engine, _nobody, agenda)
        self.shut = True

    @override
    def turn_away(self, message: object, epoch: int) -> None:
        raise Interrupted


class Interrupted(BaseException):
    """Ends the loop between two deliveries; no handler can catch it, for none is running."""


def _nobody() -> Never:
    raise AssertionError("nobody lives here")
