"""What every runtime offers to the code that sets actors up and plays them to the end."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

from mypy_extensions import mypyc_attr
from pykka import ActorRef

from actors.common.random_streams import Stream
from actors.errors import RuntimeMisuse, UnknownActor
from actors.measure.journal import Detail, Event, Journal
from actors.measure.result import MessageCounts
from actors.runtime.actor import Actor, seat
from actors.runtime.future import Reply
from actors.runtime.mailbox import Mailbox

__all__ = ["RunEnding", "Runtime"]

RunEnding = Literal["quiescent", "interrupted"]

LOGGED_CRASHES: Final = 3

log = logging.getLogger("stocksim")


@mypyc_attr(allow_interpreted_subclasses=True)
class Runtime(ABC):
    """Spawns actors by name and plays them until nothing is left to happen.

    Args:
        seed: the root of every random stream.
        replication: which of several independent runs with one seed this is.
        journal: who watches the run, if anybody.
        detail: how much the watcher wants to see.
    """

    kind: str
    most_actors: int | None = None  # that it can carry; None: any number

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
        self.lock = threading.Lock()  # over the counts that any thread may change

    @property
    @abstractmethod
    def now(self) -> float:
        """Seconds since the run began."""

    def spawn(self, name: str, factory: Callable[[], object]) -> ActorRef[Any]:
        """Make an actor and start it under `name`.

        Returns:
            Pykka's reference to it, for code outside of actors.

        Raises:
            RuntimeMisuse: as `enlist` does.
        """
        return self.enlist(name, factory).actor_ref

    def enlist(self, name: str, factory: Callable[[], object]) -> Actor:
        """Make an actor and start it under `name`; returns the actor itself.

        Only its own messages may change it. Who sets thousands up wants no reference to each.

        Raises:
            RuntimeMisuse: the name is taken, or the factory gave back something else than the
                actor that it has just made.
        """
        if self.find(name) is not None:
            raise RuntimeMisuse(f"an actor named {name!r} is already there: names are unique")
        mailbox = self.open_mailbox(name)
        token = seat.set(mailbox)
        try:
            mailbox.seat(factory())
            mailbox.actor._start_actor_loop()  # noqa: SLF001 — Pykka's hook
        except BaseException:
            self.drop_mailbox(mailbox)
            raise
        finally:
            seat.reset(token)
        return mailbox.actor

    def stream(self, name: str, purpose: str) -> Stream:
        """The random numbers that an actor of that name draws for a purpose."""
        return Stream(self.seed, self.replication, name, purpose)

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
        with self.lock:
            self.dead_letters += 1
        if self.detail >= Detail.EVERYTHING:
            what = f"{type(message).__name__} for {name}"
            self.record(Event(self.now, name, "dead_letter", "", what))

    def record(self, event: Event) -> None:
        """Tell the journal; one that raises hears no more, for a watcher must not break a run."""
        journal = self.journal
        if journal is None:
            return
        try:
            journal(event)
        except Exception:
            self.journal = None
            log.exception("the journal raised and is told nothing more")

    def count_crash(self, what: str, error: BaseException) -> bool:
        """Count a handler that raised; True if it was among the few that are logged in full."""
        with self.lock:
            self.crashes += 1
            number = self.crashes
        if number <= LOGGED_CRASHES:
            log.error("%s", what, exc_info=error)
        elif number == LOGGED_CRASHES + 1:
            log.error("%s; further crashes are only counted", what)
        return number <= LOGGED_CRASHES

    @abstractmethod
    def open_mailbox(self, name: str) -> Mailbox:
        """Make a mailbox of this runtime's kind, known under `name`."""

    @abstractmethod
    def drop_mailbox(self, mailbox: Mailbox) -> None:
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
    def run(self) -> RunEnding:
        """Play until nothing is queued, in a handler, or due; or until `interrupt`."""

    @abstractmethod
    def interrupt(self) -> None:
        """Make `run` return soon, or the next one; safe from a signal handler and any thread."""

    @abstractmethod
    def stop(self) -> None:
        """Stop every actor; what still waits becomes dead letters. The counts stay readable."""

    @abstractmethod
    def counts(self) -> MessageCounts:
        """Messages sent, handled and dead-lettered so far."""

    @abstractmethod
    def await_reply(self, reply: Reply) -> None:
        """Bring about the answer to a question from outside, where waiting alone would not."""
