"""What every runtime offers to the code that sets actors up and plays them to the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, Literal

from pykka import ActorRef

from actors.errors import RuntimeMisuse, UnknownActor
from actors.measure.journal import Detail, Event, Journal
from actors.measure.result import MessageCounts
from actors.runtime.actor import Actor, seat
from actors.runtime.future import Reply
from actors.runtime.mailbox import Mailbox

__all__ = ["Ending", "Runtime"]

Ending = Literal["quiescent", "interrupted"]


class Runtime(ABC):
    """Spawns actors by name and plays them until nothing is left to happen.

    Args:
        seed: the root of every random stream.
        replication: which of several independent runs with one seed this is.
        journal: who watches the run, if anybody.
        detail: how much the watcher wants to see.
    """

    kind: str

    def __init__(
        self,
        *,
        seed: int = 1,
        replication: int = 0,
        journal: Journal | None = None,
        detail: Detail = Detail.NOTHING,
    ) -> None:
        self.seed = seed
        self.replication = replication
        self.journal = journal
        self.detail = detail if journal is not None else Detail.NOTHING
        self.dead_letters = 0
        self.crashes = 0

    # Subclasses keep the clock as they need it: a plain attribute is the fastest.
    now: float

    def spawn(self, name: str, factory: Callable[[], Actor]) -> ActorRef[Any]:
        """Make an actor and start it under `name`.

        Raises:
            RuntimeMisuse: the name is taken.
        """
        if self.find(name) is not None:
            raise RuntimeMisuse(f"an actor named {name!r} is already there: names are unique")
        mailbox = self.open_mailbox(name)
        token = seat.set(mailbox)
        try:
            actor = factory()
        except BaseException:
            self.drop_mailbox(name)
            raise
        finally:
            seat.reset(token)
        mailbox.seat(actor)
        actor._start_actor_loop()  # noqa: SLF001 — Pykka's hook
        return actor.actor_ref

    def actor(self, name: str) -> Actor:
        """The actor behind a name, for reading its figures once the run has ended.

        Raises:
            UnknownActor: there is none.
        """
        mailbox = self.find(name)
        if mailbox is None:
            raise UnknownActor(f"no actor is named {name!r}")
        return mailbox.actor

    def bury(self, name: str, message: object) -> None:
        """Count a message that nobody will handle."""
        self.dead_letters += 1
        if self.detail >= Detail.EVERYTHING and self.journal is not None:
            what = f"{type(message).__name__} for {name}"
            self.journal(Event(self.now, name, "dead_letter", "", what))

    @abstractmethod
    def open_mailbox(self, name: str) -> Mailbox:
        """Make a mailbox of this runtime's kind, known under `name`."""

    @abstractmethod
    def drop_mailbox(self, name: str) -> None:
        """Forget a mailbox whose actor could not be made."""

    @abstractmethod
    def find(self, name: str) -> Mailbox | None:
        """The mailbox of that name, if there is one."""

    @abstractmethod
    def mailboxes(self) -> Iterator[Mailbox]:
        """Every mailbox, in the order of their making."""

    @abstractmethod
    def start(self) -> None:
        """Start the clock at 0."""

    @abstractmethod
    def tell(self, name: str, message: object) -> None:
        """Send a message from outside."""

    @abstractmethod
    def run(self) -> Ending:
        """Play until nothing is queued, in a handler, or due; or until `interrupt`."""

    @abstractmethod
    def interrupt(self) -> None:
        """Make `run` return soon; safe from a signal handler and from any thread."""

    @abstractmethod
    def stop(self) -> None:
        """Stop every actor; what still waits becomes dead letters. The counts stay readable."""

    @abstractmethod
    def counts(self) -> MessageCounts:
        """Messages sent, handled and dead-lettered so far."""

    @abstractmethod
    def await_reply(self, reply: Reply) -> None:
        """Bring about the answer to a question from outside, where waiting alone would not."""
