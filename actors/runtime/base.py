"""What every runtime offers to the code that sets actors up and plays them to the end."""

from __future__ import annotations

import logging
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, TypeVar, cast

from pykka import ActorRegistry
from typing_extensions import override

from actors.common.random_streams import Stream
from actors.errors import RuntimeMisuse, UnknownActor
from actors.measure.journal import Detail, Event, Journal
from actors.measure.result import MessageCounts
from actors.ref import Ref
from actors.runtime.actor import Actor
from actors.runtime.engine import Engine
from actors.runtime.interception import Interceptor
from actors.runtime.mailbox import Mailbox
from actors.runtime.signs import PAUSE, RESTART, RESUME, Sign

__all__ = ["RunEnding", "Runtime"]

RunEnding = Literal["quiescent", "interrupted"]

LOGGED_CRASHES: Final = 3

Message_contra = TypeVar("Message_contra", contravariant=True)
Role = TypeVar("Role", bound=Actor[Any])

log = logging.getLogger("stocksim")


class Runtime(Engine):
    """Spawns actors by name and plays them until nothing is left to happen.

    Args:
        seed: the root of every random stream.
        replication: which of several independent runs with one seed this is.
        journal: who watches the run, if anybody.
        detail: how much the watcher wants to see.
        interceptor: sees every message of the run, if anybody does.
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
        interceptor: Interceptor | None = None,
    ) -> None:
        self.interceptor = interceptor
        self.seed = seed
        self.replication = replication
        self.journal = journal
        self.detail = detail if journal is not None else Detail.NOTHING
        self.dead_letters = 0
        self.crashes = 0
        self.lock = threading.Lock()  # over the counts that any thread may change

    def spawn(self, name: str, factory: Callable[[], Actor[Message_contra]]) -> Ref[Message_contra]:
        """Make an actor, start it under `name`, and enter it in Pykka's registry.

        Returns:
            The reference to it.

        Raises:
            RuntimeMisuse: as `enlist` does.
        """
        actor = self.enlist(name, factory)
        actor.registered = True
        ActorRegistry.register(actor.actor_ref)
        return actor.actor_ref

    def enlist(self, name: str, factory: Callable[[], Role]) -> Role:
        """Make an actor and start it under `name`; returns the actor itself.

        Only its own messages may change it. The factory is kept: it makes another actor when this
        one is restarted. Pykka's registry is left out; it is a list, and would take hours to let
        go of a hundred thousand.

        Raises:
            RuntimeMisuse: the name is taken, or the factory gave back something else than the
                actor that it has just made.
        """
        if self.find(name) is not None:
            raise RuntimeMisuse(f"an actor named {name!r} is already there: names are unique")
        mailbox = self.open_mailbox(name, factory)
        try:
            mailbox.found()
            mailbox.actor._start_actor_loop()  # noqa: SLF001 — Pykka's hook
        except BaseException:
            self.drop_mailbox(mailbox)
            raise
        return cast("Role", mailbox.actor)

    # What may be done to an actor from outside, at any time and from any thread.

    def restart(self, ref: Ref[Any]) -> None:
        """Have another actor take the place of the one behind a reference.

        It comes before the next message is handled. The old one is gone as after a crash: no
        `on_stop`, its timers are forgotten. What waits in the mailbox stays there.
        """
        self._tell_sign(ref, RESTART)

    def pause(self, ref: Ref[Any]) -> None:
        """Let an actor handle nothing until it is resumed: what comes for it waits.

        Messages that wait for a paused actor do not hold the run open.
        """
        self._tell_sign(ref, PAUSE)

    def resume(self, ref: Ref[Any]) -> None:
        """Let an actor that was paused go on, with what has come meanwhile."""
        self._tell_sign(ref, RESUME)

    def _tell_sign(self, ref: Ref[Any], sign: Sign) -> None:
        mailbox = ref.actor_inbox
        assert isinstance(mailbox, Mailbox)  # noqa: S101 — a runtime made it
        mailbox.tell_sign(sign)

    def tell(self, name: str, message: object) -> None:
        """Send a message from outside to the actor of that name; a dead letter if there is none."""
        mailbox = self.find(name)
        if mailbox is None:
            self.lose(name, message)
        else:
            mailbox.ref.tell(message)

    def lose(self, name: str, message: object) -> None:
        """Send a message that has no mailbox to go to."""
        self.bury(name, message)

    @override
    def stream(self, name: str, purpose: str) -> Stream:
        """The random numbers that an actor of that name draws for a purpose."""
        return Stream(self.seed, self.replication, name, purpose)

    def actor(self, name: str) -> Actor[Any]:
        """The actor behind a name, for reading its figures once the run has ended.

        Raises:
            UnknownActor: there is none.
        """
        mailbox = self.find(name)
        if mailbox is None:
            raise UnknownActor(f"no actor is named {name!r}")
        return mailbox.actor

    def ref(self, name: str) -> Ref[Any]:
        """The reference to the actor of that name.

        Raises:
            UnknownActor: there is none.
        """
        return self.actor(name).actor_ref

    @override
    def bury(self, name: str, message: object) -> None:
        """Count a message that nobody will handle."""
        with self.lock:
            self.dead_letters += 1
        if self.detail >= Detail.EVERYTHING:
            what = f"{type(message).__name__} for {name}"
            self.record(Event(self.now, name, "dead_letter", "", what))

    @override
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

    @override
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
    def open_mailbox(self, name: str, factory: Callable[[], object]) -> Mailbox:
        """Make a mailbox of this runtime's kind, known under `name`, for what `factory` makes."""

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
