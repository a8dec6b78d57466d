"""A mailbox: the address behind a reference, and the way from a message to its handler.

Whatever the runtime, a message passes two functions: `post`, from its sender into the mailbox,
and `deliver`, from the mailbox to the handler. A mailbox outlives its actor: it may be given
another in the old one's place, with all that waits; what comes when the last has stopped is a
dead letter. It is also Pykka's inbox, so that `ref.ask` and proxies arrive here too.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar, Final, Never

from pykka import ActorDeadError
from typing_extensions import override

from actors.errors import RuntimeMisuse
from actors.measure.journal import Event
from actors.ref import Envelope
from actors.runtime.actor import Actor
from actors.runtime.engine import Engine
from actors.runtime.future import Reply
from actors.runtime.handlers import HandlerTable
from actors.runtime.host import Host, seat
from actors.runtime.interception import observed, reference
from actors.runtime.signs import LOOK, PAUSE, RESTART, RESUME, STOP, Question, Sign

__all__ = ["CRASHES", "SENT", "Mailbox"]

log = logging.getLogger("stocksim")

SENT: Final = -1  # in an epoch's place, for a message that no timer of the actor's brings

# An actor's mistake may be any of these; KeyboardInterrupt is the person's and goes through.
CRASHES: Final = (Exception, SystemExit, GeneratorExit)


class Mailbox(Host):
    """What every runtime's mailbox shares: delivery, crashes, counting, the actor's life.

    Args:
        name: the actor's.
        engine: the runtime.
        factory: makes the actor, and another one at a restart.
    """

    crashes: ClassVar[tuple[type[BaseException], ...]] = CRASHES

    def __init__(self, name: str, engine: Engine, factory: Callable[[], object]) -> None:
        self.name = name
        self.engine = engine
        self.factory = factory
        self.ref = reference(self, engine.interceptor)
        self.table: HandlerTable = Actor.handlers
        self.handled = 0
        self.queue_max = 0
        self.closed = False
        self.paused = False
        self.shut = False  # closed or paused: it cannot just take what comes up
        self.aside: deque[tuple[object, int]] | None = None  # what came meanwhile, with epochs
        self.signs: deque[Sign] | None = None  # given and not obeyed yet
        self.epoch = 0  # of its timers: those of an earlier one are forgotten

    @property
    def waiting_aside(self) -> int:
        """Messages that were laid aside."""
        return len(self.aside or ())

    def tell_sign(self, sign: Sign) -> None:
        """Have a sign obeyed before all that waits; from any thread."""
        with self.engine.lock:
            if self.signs is None:
                self.signs = deque()
            self.signs.append(sign)
        self.summon()

    @abstractmethod
    def summon(self) -> None:
        """Have the mailbox obey its signs before it handles what waits; from any thread."""

    # From a mailbox to the handler.

    def deliver(self, message: object) -> None:
        """Have the actor handle a message. Nothing that a handler raises gets out of here."""
        self.handled += 1
        try:
            self.table[type(message)](self.actor, message)
        except self.crashes as error:
            self.crashed(message, error)

    def crashed(self, message: object, error: BaseException) -> None:
        """Report what a handler raised, and let the actor clean up after itself."""
        what = type(message).__name__
        in_full = self._report(f"while handling {what}", error)
        try:
            self.actor.on_crash(message, error)
        except self.crashes:
            if in_full:
                log.exception("%s raised again while cleaning up after %s", self.name, what)

    def answer(self, question: Question) -> None:
        """Handle a question from outside, and answer it."""
        try:
            value = self.actor._handle_receive(question.message)  # noqa: SLF001 — Pykka's hook
        except self.crashes:
            question.reply.set_exception()
        else:
            question.reply.set(value)
        if self.actor.stopped:
            self.close()

    # The actor's life.

    def found(self) -> None:
        """Make the actor that lives here.

        Raises:
            RuntimeMisuse: the factory gave back something else than an actor it has just made.
        """
        token = seat.set(self)
        try:
            actor = self.factory()
        finally:
            seat.reset(token)
        if not isinstance(actor, Actor) or actor.actor_inbox is not self:
            raise RuntimeMisuse(f"the factory of {self.name!r} must make a new Actor, each time")
        self.actor = actor
        self.table = type(actor).entrance
        if self.engine.interceptor is not None:
            self.table = observed(self.table, self.engine.interceptor)

    @override
    def told(self, sign: Sign) -> None:
        self.handled -= 1  # it was no message
        self.obey(sign)

    def obey(self, sign: Sign) -> None:
        """Do what the runtime says of this mailbox's actor."""
        if sign is LOOK:
            self.obey_signs()
        elif sign is RESTART:
            self._restart()
        elif sign is PAUSE:
            self._pause()
        elif sign is RESUME:
            self.go_on()
        elif sign is STOP:
            if not self.actor.stopped:
                self.actor._stop()  # noqa: SLF001 — Pykka's hook: on_stop, then dead
            self.close()

    def obey_signs(self) -> None:
        """Obey what was given since the last time."""
        while self.signs:
            self.obey(self.signs.popleft())

    def _restart(self) -> None:
        """Put a new actor in the old one's place, as after a crash: without its `on_stop`."""
        if self.closed:
            return
        self.forget_timers()
        self.actor._mark_stopped()  # noqa: SLF001 — the two are made for each other
        try:
            self.found()
        except self.crashes as error:
            self._report("while it was made anew", error)
            self.close()
            return
        self.actor._actor_loop_setup()  # noqa: SLF001 — Pykka's hook

    def _pause(self) -> None:
        if not self.closed:
            self.paused = self.shut = True
            if self.aside is None:
                self.aside = deque()

    def go_on(self) -> None:
        """Handle again what comes, first of all what was laid aside."""
        if self.paused and not self.closed:
            self.paused = self.shut = False
            aside, self.aside = self.aside, None
            self.take_back(aside or deque())

    @abstractmethod
    def take_back(self, aside: deque[tuple[object, int]]) -> None:
        """Handle what was laid aside, oldest first, before all that waits."""

    def turn_away(self, message: object, epoch: int) -> None:
        """What becomes of a message that a shut mailbox cannot handle."""
        if isinstance(message, Sign):
            self.obey(message)
        elif self.closed or self.aside is None:
            self.bury(message)
        else:
            self.aside.append((message, epoch))

    @override
    def forget_timers(self) -> None:
        self.epoch += 1

    @override
    def close(self) -> None:
        self.closed = self.shut = True
        self.bury_aside()

    def bury_aside(self) -> None:
        """Make what was laid aside dead letters."""
        aside, self.aside = self.aside, None
        for message, _ in aside or ():
            self.bury(message)

    @override
    def call(self, hook: Callable[[], None]) -> bool:
        try:
            hook()
        except self.crashes as error:
            self._report(f"in {hook.__name__}", error)
            return False
        return True

    def _report(self, where: str, error: BaseException) -> bool:
        in_full = self.engine.count_crash(f"{self.name} raised {where}", error)
        try:
            text = f"{type(error).__name__} {where}: {error}"
        except Exception:  # noqa: BLE001 — an error whose own text raises is still an error
            text = f"{type(error).__name__} {where}"
        self.engine.record(Event(self.engine.now, self.name, "crash", "", text))
        return in_full

    def bury(self, message: object) -> None:
        """Count a message that nobody will handle as a dead letter, and tell who asked."""
        self.engine.bury(self.name, message)
        if isinstance(message, Question):
            error = ActorDeadError(f"{self.name} stopped before handling the message")
            message.reply.set_exception((ActorDeadError, error, None))

    # What Pykka's references and proxies need.

    @property
    @override
    def current(self) -> Actor[Any]:
        return self.actor

    @property
    @override
    def clock(self) -> float:
        return self.engine.now

    @property
    @override
    def alive(self) -> bool:
        return not self.actor.stopped

    @override
    def put(self, envelope: Envelope, /) -> None:
        """Take what Pykka sends, an `ask` or a proxy's call, as a message or as a question."""
        reply = envelope.reply_to
        if reply is None:
            self.post(envelope.message)
            return
        if isinstance(reply, Reply):
            reply.runtime = self.engine
        self.post(Question(envelope.message, reply))

    @override
    def get(self) -> Never:
        raise IndexError("a mailbox delivers by itself")

    @override
    def empty(self) -> bool:
        return True
