"""The actor base: a Pykka actor that knows its name, its runtime's clock, and nothing else.

An actor is made by `runtime.spawn(name, factory)`. It handles messages with methods marked
`@receives(MessageClass)`, and has

    self.tell(name, message)     send, never wait
    self.after(delay, message)   a message to itself, `delay` seconds from now
    self.at(when, message)       the same at an absolute moment
    self.now                     seconds since the run began
    self.rng(purpose)            a random stream of its own
    self.note(kind, …)           an event for whoever watches

Outside code and tests may also use Pykka's `ref.ask(…)` and `ref.proxy()`. Nothing blocks
inside a handler: time is spent by `after`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Final, Never, TypeVar

import pykka
from mypy_extensions import mypyc_attr
from pykka._envelope import Envelope

from actors.common.random_streams import Stream
from actors.errors import RuntimeMisuse
from actors.measure.journal import Detail, Event, EventKind
from actors.runtime.future import Reply

if TYPE_CHECKING:
    from actors.runtime.mailbox import Mailbox

__all__ = ["Actor", "HandlerTable", "receives"]

Method = TypeVar("Method", bound=Callable[..., object])

# Set by `spawn` while it calls the factory, so that an actor's own `__init__` stays free of
# plumbing: Pykka asks for the inbox from inside `Actor.__init__`.
# A seat is for one: whoever takes it leaves None behind.
seat: Final[ContextVar[Mailbox | None]] = ContextVar("seat", default=None)


# Beside the methods rather than on them: a compiled method has no room for a mark.
_kinds_of: Final[dict[object, tuple[type, ...]]] = {}


def receives(*kinds: type) -> Callable[[Method], Method]:
    """Mark a method as the handler of messages of exactly these classes."""

    def mark(method: Method) -> Method:
        _kinds_of[method] = (*_kinds_of.get(method, ()), *kinds)
        return method

    return mark


class HandlerTable(dict[type, Callable[[Any, Any], object]]):
    """From a message's class to the function that handles it; `default` for all others."""

    def __init__(self, default: Callable[[Any, Any], object]) -> None:
        super().__init__()
        self.default = default

    def __missing__(self, kind: type) -> Callable[[Any, Any], object]:
        return self.default


@mypyc_attr(allow_interpreted_subclasses=True)
class Actor(pykka.Actor):
    """Base of all actors; see the module's text for what a subclass may use."""

    handlers: ClassVar[HandlerTable]
    entrance: ClassVar[HandlerTable]  # where a mailbox delivers: `handlers`, or all `on_receive`

    name: str
    tell: Callable[[str, object], None]
    after: Callable[[float, object], None]
    at: Callable[[float, object], None]
    stopped: bool  # it takes no more messages
    watched: bool  # somebody reads outcomes, phases, sell-outs
    traced: bool  # somebody reads every hop of every order

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _make_tables(cls)

    def __init__(self) -> None:
        mailbox = seat.get()
        if mailbox is None:
            raise RuntimeMisuse(
                f"{type(self).__name__} was made by hand: use runtime.spawn(name, factory)"
            )
        # Pykka's own `__init__` is left out. It makes a random URN, an Event and a reference for
        # each actor, which take more time and memory than all the rest; here the name is the
        # identity, and the other two are made when somebody asks for them.
        seat.set(None)
        self.name = mailbox.name
        self.stopped = False
        self._event: threading.Event | None = None
        detail = mailbox.runtime.detail
        self.watched = detail >= Detail.OUTCOMES
        self.traced = detail >= Detail.EVERYTHING
        self._mailbox = mailbox
        self._streams: dict[str, Stream] = {}
        mailbox.equip(self)

    @property
    def now(self) -> float:
        """Seconds since the run began, on the runtime's clock."""
        return self._mailbox.runtime.now

    @property
    def actor_urn(self) -> str:  # type: ignore[override]
        """Pykka's word for the name."""
        return self.name

    @property
    def actor_inbox(self) -> Mailbox:  # type: ignore[override]
        """Pykka's word for the mailbox."""
        return self._mailbox

    @property
    def actor_ref(self) -> pykka.ActorRef[Any]:
        """Pykka's reference, for code outside of actors."""
        return pykka.ActorRef(self)

    @property
    def actor_stopped(self) -> threading.Event:  # type: ignore[override]
        """Pykka's event: set once the actor has stopped."""
        with self._mailbox.runtime.lock:
            if self._event is None:
                self._event = threading.Event()
                if self.stopped:
                    self._event.set()
            return self._event

    def rng(self, purpose: str) -> Stream:
        """This actor's own random stream for one purpose."""
        found = self._streams.get(purpose)
        if found is None:
            found = self._mailbox.runtime.stream(self.name, purpose)
            self._streams[purpose] = found
        return found

    def note(self, kind: EventKind, order_id: str, text: str) -> None:
        """Tell whoever watches; ask `watched` or `traced` first, to build no text in vain."""
        runtime = self._mailbox.runtime
        if runtime.journal is not None:
            runtime.record(Event(self.now, self.name, kind, order_id, text))

    def forget_timers(self) -> None:
        """Let every timer set so far pass without a message, even if it is due already."""
        self._mailbox.forget_timers()

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
        self._mailbox.start()

    def _actor_loop_setup(self) -> None:
        if not self._mailbox.call(self.on_start):
            self._mark_stopped()
            self._mailbox.close()

    def _actor_loop_running(self) -> None:
        self._mailbox.run()

    def _stop(self) -> None:
        self._mark_stopped()
        self._mailbox.call(self.on_stop)

    def _mark_stopped(self) -> None:
        with self._mailbox.runtime.lock:
            self.stopped = True
            if self._event is not None:
                self._event.set()


def _unknown(actor: Actor, message: object) -> None:
    pykka.Actor.on_receive(actor, message)


def _enveloped(actor: Actor, envelope: Envelope[Any]) -> None:
    actor._mailbox.open(envelope)  # noqa: SLF001 — the two are made for each other


def _make_tables(cls: type[Actor]) -> None:
    """Find the handlers of a class: by method *name*, so that an override keeps its mark."""
    cls.handlers = cls.entrance = HandlerTable(_unknown)
    for base in reversed(cls.__mro__):
        for name, method in vars(base).items():
            if callable(method):
                for kind in _kinds_of.get(method, ()):
                    cls.handlers[kind] = getattr(cls, name)
    if cls.on_receive is not Actor.on_receive:
        # Every message is to pass through the override, which may call `super().on_receive`.
        cls.entrance = HandlerTable(cls.on_receive)
    cls.entrance[Envelope] = _enveloped


_make_tables(Actor)
