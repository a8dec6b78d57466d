"""A seam in every message's way: a run may ask to see each, and decide what becomes of it.

An interceptor stands between the sender and the mailbox, where a message may be lost, doubled,
late or held, and between the mailbox and the handler, which may be made to crash. It is built
into references and handler tables when actors are made: a run without one has nothing of it.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import Any, Final, TypeVar

from mypy_extensions import mypyc_attr
from typing_extensions import override

from actors.ref import Inbox, Ref
from actors.runtime.handlers import HandlerTable
from actors.runtime.signs import Sign

__all__ = ["OUTSIDE", "Crossing", "Interceptor", "Transit", "observed", "reference"]

Message_contra = TypeVar("Message_contra", contravariant=True)

OUTSIDE: Final = ""  # in a sender's place, for what no actor sent

_here = threading.local()  # whose handler runs on this thread


class Crossing(Inbox):
    """A mailbox, as an interceptor needs it."""

    @property
    @abstractmethod
    def clock(self) -> float:
        """Seconds since the run began."""

    @abstractmethod
    def post_after(self, delay: float, message: object) -> None:
        """Take a message in `delay` seconds, whatever becomes of the actor's timers."""


class Transit:
    """A message on its way.

    Attributes:
        sender: who sent it, `OUTSIDE` if no actor did.
        receiver: the name of the actor that it is for.
        message: what is sent.
        now: when, in seconds since the run began.
    """

    __slots__ = ("_crossing", "message", "now", "receiver", "sender")

    def __init__(self, sender: str, crossing: Crossing, message: object) -> None:
        self.sender = sender
        self.receiver = crossing.name
        self.message = message
        self.now = crossing.clock
        self._crossing = crossing

    def deliver(self, *, after: float = 0.0) -> None:
        """Put it into the mailbox: now, or in so many seconds; as often as this is called.

        A message that is never delivered is lost, and one that is delivered later, after the
        interceptor has returned, was held.
        """
        if after > 0.0:
            self._crossing.post_after(after, self.message)
        else:
            self._crossing.post(self.message)


@mypyc_attr(allow_interpreted_subclasses=True)
class Interceptor:
    """Lets everything pass; a subclass does otherwise. On threads, many call it at once."""

    def send(self, transit: Transit) -> None:
        """A message is sent: deliver it once, several times, late, or not at all."""
        transit.deliver()

    def handle(self, receiver: str, message: object, now: float) -> None:
        """A message, or a timer, is about to be handled; what is raised here, its handler raised.

        Args:
            receiver: the name of the actor.
            message: what it is about to handle.
            now: seconds since the run began.
        """


class _ObservedRef(Ref[Message_contra]):
    """A reference whose messages an interceptor sees first."""

    def __init__(self, inbox: Crossing, interceptor: Interceptor) -> None:
        super().__init__(inbox)
        self._crossing = inbox
        self._interceptor = interceptor

    @override
    def tell(self, message: Message_contra) -> None:
        sender: str = getattr(_here, "name", OUTSIDE)
        self._interceptor.send(Transit(sender, self._crossing, message))


def reference(inbox: Crossing, interceptor: Interceptor | None) -> Ref[Any]:
    """A reference to a mailbox, with an interceptor before it or without."""
    return Ref(inbox) if interceptor is None else _ObservedRef(inbox, interceptor)


def observed(table: HandlerTable, interceptor: Interceptor) -> HandlerTable:
    """A handler table that lets an interceptor see each message before its handler does."""

    def handle(actor: Any, message: object) -> object:  # noqa: ANN401 — as `Handle` has it
        before: str = getattr(_here, "name", OUTSIDE)
        _here.name = actor.name
        try:
            if not isinstance(message, Sign):
                interceptor.handle(actor.name, message, actor.now)
            return table[type(message)](actor, message)
        finally:
            _here.name = before

    return HandlerTable(handle)
