"""A reference to an actor: what others know of it, and the only way to reach it.

    class Client(Actor[Outcome]):
        def __init__(self, router: Ref[Place]) -> None: ...

        def order(self) -> None:
            self.router.tell(Place(..., reply_to=self.actor_ref))

`Ref[Place | Done]` says which messages its actor handles, and mypy refuses any other. It is
Pykka's `ActorRef` in every other respect: `ask`, `proxy`, `stop` and `is_alive` are there for
code outside of actors. A reference leads to a mailbox and not to an object, so it outlives a
restart of its actor, and may stand for one that works elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import pykka
from typing_extensions import override

if TYPE_CHECKING:
    import threading

__all__ = ["Envelope", "Inbox", "Ref"]

Message_contra = TypeVar("Message_contra", contravariant=True)


class Envelope(Protocol):
    """What Pykka puts into an inbox: a message, and where its answer goes, if one is wanted."""

    message: Any
    reply_to: pykka.Future[Any] | None


class Inbox(ABC):
    """The mailbox behind a reference, as the reference, and Pykka, need it."""

    name: str

    @property
    @abstractmethod
    def current(self) -> pykka.Actor:
        """The actor that handles what comes; another one after a restart."""

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether it still takes messages."""

    @abstractmethod
    def post(self, message: object) -> None:
        """Take a message, to be handled after all that wait; never waits itself."""

    @abstractmethod
    def put(self, envelope: Envelope, /) -> None:
        """Take a message in Pykka's envelope."""

    @abstractmethod
    def get(self) -> Envelope:
        """The next message, for Pykka's own loop."""

    @abstractmethod
    def empty(self) -> bool:
        """Whether nothing waits, for Pykka's own loop."""


class Ref(pykka.ActorRef[Any], Generic[Message_contra]):
    """A reference to an actor that handles messages of this kind; see the module's text.

    Args:
        inbox: the actor's mailbox.
    """

    def __init__(self, inbox: Inbox) -> None:
        # Pykka's own asks the actor for its Event; here that is made when somebody wants it.
        self._inbox = inbox

    @override
    def tell(self, message: Message_contra) -> None:
        """Send, and go on. To an actor that has stopped, the message is a dead letter."""
        self._inbox.post(message)

    @override
    def is_alive(self) -> bool:
        """Whether the actor still takes messages."""
        return self._inbox.alive

    @override
    def proxy(self) -> pykka.ActorProxy[Any]:
        """Pykka's proxy, for the actor that is behind the mailbox now."""
        return pykka.ActorRef(self._inbox.current).proxy()

    @property
    def name(self) -> str:
        """The name under which the actor was spawned."""
        return self._inbox.name

    @property
    def actor_urn(self) -> str:  # type: ignore[override]
        """Pykka's word for the name."""
        return self._inbox.name

    @property
    def actor_class(self) -> type[pykka.Actor]:  # type: ignore[override]
        """The class of the actor."""
        return type(self._inbox.current)

    @property
    def actor_inbox(self) -> Inbox:  # type: ignore[override]
        """The mailbox."""
        return self._inbox

    @property
    def actor_stopped(self) -> threading.Event:  # type: ignore[override]
        """Set once the actor has stopped."""
        return self._inbox.current.actor_stopped
