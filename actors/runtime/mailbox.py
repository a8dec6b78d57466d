"""A mailbox: the address behind an actor's name, and the way from a message to its handler.

It is also Pykka's inbox of that actor, so `ref.tell`, `ref.ask` and proxies arrive here, in
Pykka's envelopes; messages between actors travel without one. A mailbox outlives its actor:
what reaches it afterwards is a dead letter.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from mypy_extensions import mypyc_attr
from pykka import ActorDeadError
from pykka._envelope import Envelope

from actors.errors import RuntimeMisuse
from actors.runtime.actor import Actor, HandlerTable
from actors.runtime.future import Reply

if TYPE_CHECKING:
    from actors.runtime.base import Runtime

__all__ = ["Mailbox"]

log = logging.getLogger("stocksim")

# An actor's mistake may be any of these; KeyboardInterrupt is the person's and goes through.
CRASHES: Final = (Exception, SystemExit, GeneratorExit)


@mypyc_attr(allow_interpreted_subclasses=True)
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
    crashes: ClassVar[tuple[type[BaseException], ...]] = CRASHES

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

    def seat(self, actor: object) -> None:
        """Bind the mailbox to the actor that was made for it.

        Raises:
            RuntimeMisuse: it was made for another, or is no actor at all.
        """
        if not isinstance(actor, Actor) or actor.actor_inbox is not self:
            raise RuntimeMisuse(f"the factory of {self.name!r} must make a new Actor, each time")
        self.actor = actor
        self.table = type(actor).entrance

    def close(self) -> None:
        """Make every message from now on a dead letter."""
        self.closed = True

    def open(self, envelope: Envelope[Any]) -> None:
        """Handle what came in Pykka's envelope, and answer if it was asked."""
        reply = envelope.reply_to
        try:
            value = self.actor._handle_receive(envelope.message)  # noqa: SLF001 — Pykka's hook
        except self.crashes as error:
            if reply is None:
                self.crashed(envelope.message, error)
            else:
                reply.set_exception()
        else:
            if reply is not None:
                reply.set(value)
        if self.actor.stopped:
            self.close()

    def crashed(self, message: object, error: BaseException) -> None:
        """Report what a handler raised, and let the actor clean up after itself."""
        what = type(message).__name__
        in_full = self._report(f"while handling {what}", error)
        try:
            self.actor.on_crash(message, error)
        except self.crashes:
            if in_full:
                log.exception("%s raised again while cleaning up after %s", self.name, what)

    def call(self, hook: Callable[[], None]) -> bool:
        """Run `on_start` or `on_stop`; False if it raised."""
        try:
            hook()
        except self.crashes as error:
            self._report(f"in {hook.__name__}", error)
            return False
        return True

    def _report(self, where: str, error: BaseException) -> bool:
        in_full = self.runtime.count_crash(f"{self.name} raised {where}", error)
        try:
            text = f"{type(error).__name__} {where}: {error}"
        except Exception:  # noqa: BLE001 — an error whose own text raises is still an error
            text = f"{type(error).__name__} {where}"
        self.actor.note("crash", "", text)
        return in_full

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
