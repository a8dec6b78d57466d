"""What an actor lives in, as the actor sees it: its mailbox, and through it the runtime."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from actors.ref import Ref
from actors.runtime.engine import Engine
from actors.runtime.interception import Crossing
from actors.runtime.signs import Question, Sign

__all__ = ["Host", "seat"]


class Host(Crossing):
    """A mailbox, to the actor in it.

    Attributes:
        engine: the runtime.
        ref: the reference that others have to the actor.
    """

    engine: Engine
    ref: Ref[Any]

    @abstractmethod
    def after(self, delay: float, message: object, *, background: bool = False) -> None:
        """Post to this mailbox in `delay` seconds."""

    @abstractmethod
    def at(self, when: float, message: object, *, background: bool = False) -> None:
        """Post to this mailbox at the moment `when`, or now if that has passed."""

    @abstractmethod
    def forget_timers(self) -> None:
        """Let the timers set so far pass without a message, even those that are due."""

    @abstractmethod
    def start(self) -> None:
        """Begin to deliver: called once the actor is made."""

    @abstractmethod
    def run(self) -> None:
        """Deliver until the actor stops, where the runtime gives the mailbox a thread."""

    @abstractmethod
    def answer(self, question: Question) -> None:
        """Handle a question from outside, and answer it."""

    @abstractmethod
    def told(self, sign: Sign) -> None:
        """Obey a sign that came in a message's place."""

    @abstractmethod
    def call(self, hook: Callable[[], None]) -> bool:
        """Run `on_start` or `on_stop`; False if it raised."""

    @abstractmethod
    def close(self) -> None:
        """Make every message from now on a dead letter."""


# Set by `spawn` while it calls the factory, so that an actor's own `__init__` stays free of
# plumbing: Pykka asks for the inbox from inside `Actor.__init__`.
# A seat is for one: whoever takes it leaves None behind.
seat: Final[ContextVar[Host | None]] = ContextVar("seat", default=None)
