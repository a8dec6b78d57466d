"""The actor base: a Pykka actor that knows its name, its runtime's clock, and nothing else.

An actor is made by `runtime.spawn(name, factory)`. `Actor[Place | Done]` says what it handles,
with methods marked `@receives(MessageClass)`, and it has

    self.actor_ref               its own reference, for others to answer to
    self.after(delay, message)   a message to itself, `delay` seconds from now
    self.at(when, message)       the same at an absolute moment
    self.now                     seconds since the run began
    self.rng(purpose)            a random stream of its own
    self.note(kind, …)           an event for whoever watches

To reach another it needs that one's reference, and says `ref.tell(message)`. Outside code and
tests may also use Pykka's `ref.ask(…)` and `ref.proxy()`. Nothing blocks inside a handler: time
is spent by `after`. A timer set with `background=True` does not hold a run open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar, Generic, Never, TypeVar

import pykka
from pykka import ActorRegistry

from actors.common.random_streams import Stream
from actors.errors import RuntimeMisuse
from actors.measure.journal import Detail, Event, EventKind
from actors.ref import Ref
from actors.runtime.future import Reply
from actors.runtime.handlers import HandlerTable, receives, table_of
from actors.runtime.host import Host, seat
from actors.runtime.signs import Question, Sign

__all__ = ["Actor", "receives"]

Message_contra = TypeVar("Message_contra", contravariant=True)


class Actor(pykka.Actor, Generic[Message_contra]):
    """Base of all actors; see the module's text for what a subclass may use."""

    handlers: ClassVar[HandlerTable]
    entrance: ClassVar[HandlerTable]  # where a mailbox delivers: `handlers`, or all `on_receive`

    name: str
    after: Callable[..., None]
    at: Callable[..., None]
    stopped: bool  # it takes no more messages
    registered: bool  # Pykka's registry has it
    watched: bool  # somebody reads outcomes, phases, sell-outs
    traced: bool  # somebody reads every hop of every order

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _make_tables(cls)

    def __init__(self) -> None:
        host = seat.get()
        if host is None:
            raise RuntimeMisuse(
                f"{type(self).__name__} was made by hand: use runtime.spawn(name, factory)"
            )
        # Pykka's own `__init__` is left out. It makes a random URN, an Event and a reference for
        # each actor, which take more time and memory than all the rest; here the name is the
        # identity, and the Event is made when somebody asks for it.
        seat.set(None)
        self.name = host.name
        self.stopped = False
        self.registered = False
        self._event: threading.Event | None = None
        detail = host.engine.detail
        self.watched = detail >= Detail.OUTCOMES
        self.traced = detail >= Detail.EVERYTHING
        self._host = host
        self._streams: dict[str, Stream] = {}
        self.after = host.after
        self.at = host.at

    @property
    def now(self) -> float:
        """Seconds since the run began, on the runtime's clock."""
        return self._host.engine.now

    @property
    def actor_ref(self) -> Ref[Message_contra]:
        """The reference by which others reach this actor."""
        return self._host.ref

    @property
    def actor_urn(self) -> str:  # type: ignore[override]
        """Pykka's word for the name."""
        return self.name

    @property
    def actor_inbox(self) -> Host:  # type: ignore[override]
        """Pykka's word for the mailbox."""
        return self._host

    @property
    def actor_stopped(self) -> threading.Event:  # type: ignore[override]
        """Pykka's event: set once the actor has stopped."""
        with self._host.engine.lock:
            if self._event is None:
                self._event = threading.Event()
                if self.stopped:
                    self._event.set()
            return self._event

    def rng(self, purpose: str) -> Stream:
        """This actor's own random stream for one purpose."""
        found = self._streams.get(purpose)
        if found is None:
            found = self._host.engine.stream(self.name, purpose)
            self._streams[purpose] = found
        return found

    def note(self, kind: EventKind, order_id: str, text: str) -> None:
        """Tell whoever watches; ask `watched` or `traced` first, to build no text in vain."""
        engine = self._host.engine
        if engine.journal is not None:
            engine.record(Event(self.now, self.name, kind, order_id, text))

    def forget_timers(self) -> None:
        """Let every timer set so far pass without a message, even if it is due already."""
        self._host.forget_timers()

    def on_crash(self, message: object, error: BaseException) -> None:
        """Called after a handler raised; the actor goes on with its next message."""

    def on_receive(self, message: Any) -> Any:  # noqa: ANN401 — Pykka's own signature
        """Handle a message by its class; a subclass may override this for all classes at once."""
        return self.handlers[type(message)](self, message)

    # Pykka's extension points ("for implementors of new actor types").

    @staticmethod
    def _create_actor_inbox() -> Never:
        raise RuntimeMisuse("an actor's inbox is its mailbox, which `spawn` makes")

    @staticmethod
    def _create_future() -> pykka.Future[Any]:
        return Reply()

    def _start_actor_loop(self) -> None:
        self._host.start()

    def _actor_loop_setup(self) -> None:
        if not self._host.call(self.on_start):
            self._mark_stopped()
            self._host.close()

    def _actor_loop_running(self) -> None:
        self._host.run()

    def _stop(self) -> None:
        self._mark_stopped()
        self._host.call(self.on_stop)

    def _mark_stopped(self) -> None:
        if self.registered:
            ActorRegistry.unregister(self.actor_ref)
        with self._host.engine.lock:
            self.stopped = True
            if self._event is not None:
                self._event.set()


def _unknown(actor: Actor[Any], message: object) -> None:
    pykka.Actor.on_receive(actor, message)


def _handled_by_pykka(actor: Actor[Any], message: object) -> None:
    """Its own messages, such as the one that `stop` sends; any other goes to `on_receive`."""
    actor._handle_receive(message)  # noqa: SLF001 — Pykka's hook
    if actor.stopped:
        actor._host.close()  # noqa: SLF001 — the two are made for each other


def _asked(actor: Actor[Any], question: Question) -> None:
    actor._host.answer(question)  # noqa: SLF001


def _told(actor: Actor[Any], sign: Sign) -> None:
    actor._host.told(sign)  # noqa: SLF001


def _make_tables(cls: type[Actor[Any]]) -> None:
    """Find the handlers of a class, and what a mailbox delivers to them."""
    cls.handlers = table_of(cls, _unknown)
    cls.entrance = HandlerTable(_handled_by_pykka)
    if cls.on_receive is Actor.on_receive:
        cls.entrance.update(cls.handlers)  # otherwise all is to pass through the override
    cls.entrance[Question] = _asked
    cls.entrance[Sign] = _told


_make_tables(Actor)
