"""A mailbox: the address behind an actor's name, and the way from a message to its handler.

It is also Pykka's inbox of that actor, so `ref.tell`, `ref.ask` and proxies arrive here, in
Pykka's envelopes; messages between actors travel without one. A mailbox outlives its actor:
what reaches it afterwards is a dead letter.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from pykka import ActorDeadError
from pykka._envelope import Envelope

from actors.runtime.actor import Actor, HandlerTable
from actors.runtime.future import Reply

if TYPE_CHECKING:
    from actors.runtime.base import Runtime

__all__ = ["Mailbox"]

log = logging.getLogger("stocksim")

# An actor's mistake may be any of these; KeyboardInterrupt is the person's and goes through.
CRASHES = (Exception, SystemExit, GeneratorExit)


class Mailbox(ABC):
    """What every runtime's mailbox shares: dispatch, crashes, counting."""

    __slots__ = (
        "__weakref__",
        "actor",
        "closed",
        "handled",
        "name",
        "queue_max",
        "runtime",
        "table",
    )

    actor: Actor

    def __init__(self, name: str, runtime: Runtime) -> None:
        self.name = name
        self.runtime = runtime
        self.table: HandlerTable = Actor.handlers
        self.handled = 0
        self.queue_max = 0
        self.closed = False

    @abstractmethod
    def equip(self, actor: Actor) -> None:
        """Give the actor its `tell`, `after` and `at`."""

    @abstractmethod
    def forget_timers(self) -> None:
        """Let the timers that this mailbox's actor has set pass without a message."""

    @abstractmethod
    def start(self) -> None:
        """Begin to deliver: called once the actor is made."""

    @abstractmethod
    def run(self) -> None:
        """Deliver until the actor stops, where the runtime gives the mailbox a thread."""

    @abstractmethod
    def put(self, envelope: Envelope[Any], /) -> None:
        """Take a message from outside code, in Pykka's envelope."""

    @abstractmethod
    def get(self) -> Envelope[Any]:
        """The next message, for Pykka's own drain of a stopped actor."""

    @abstractmethod
    def empty(self) -> bool:
        """Whether nothing waits."""

    def seat(self, actor: Actor) -> None:
        """Bind the mailbox to the actor that was made for it."""
        self.actor = actor
        self.table = type(actor).handlers

    def deliver(self, message: object) -> None:
        """Let the actor handle one message; whatever it raises, the next one is safe."""
        try:
            self.table[type(message)](self.actor, message)
        except CRASHES as error:
            self.crashed(message, error)

    def open(self, envelope: Envelope[Any]) -> None:
        """Handle what came in Pykka's envelope, and answer if it was asked."""
        reply = envelope.reply_to
        try:
            value = self.actor._handle_receive(envelope.message)  # noqa: SLF001 — Pykka's hook
        except CRASHES as error:
            if reply is None:
                self.crashed(envelope.message, error)
            else:
                reply.set_exception()
        else:
            if reply is not None:
                reply.set(value)
        if self.actor.actor_stopped.is_set():
            self.closed = True

    def crashed(self, message: object, error: BaseException) -> None:
        """Report what a handler raised, and let the actor clean up after itself."""
        what = type(message).__name__
        log.error("%s raised while handling %s", self.name, what, exc_info=error)
        self.actor.note("crash", "", f"{type(error).__name__} while handling {what}: {error}")
        self.runtime.crashes += 1
        try:
            self.actor.on_crash(message, error)
        except CRASHES:
            log.exception("%s raised again while cleaning up after %s", self.name, what)

    def bury(self, message: object) -> None:
        """Count a message that nobody will handle as a dead letter, and tell who asked."""
        self.runtime.bury(self.name, message)
        if isinstance(message, Envelope) and message.reply_to is not None:
            error = ActorDeadError(f"{self.name} stopped before handling the message")
            message.reply_to.set_exception((ActorDeadError, error, None))

    def bind(self, envelope: Envelope[Any]) -> None:
        """Tell the future of a question which runtime can bring the answer about."""
        if isinstance(envelope.reply_to, Reply):
            envelope.reply_to.runtime = self.runtime
