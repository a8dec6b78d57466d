"""What a mailbox and its actor may ask of the runtime that they live on, whichever it is."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

from actors.common.random_streams import Stream
from actors.measure.journal import Detail, Event, Journal
from actors.runtime.future import Reply
from actors.runtime.interception import Interceptor

__all__ = ["Engine"]


class Engine(ABC):
    """The part of a runtime that its actors live by.

    Attributes:
        interceptor: who sees every message, if anybody.
        journal: who watches the run, if anybody.
        detail: how much the watcher wants to see.
        lock: over what any thread may change.
    """

    interceptor: Interceptor | None
    journal: Journal | None
    detail: Detail
    lock: threading.Lock

    @property
    @abstractmethod
    def now(self) -> float:
        """Seconds since the run began."""

    @abstractmethod
    def stream(self, name: str, purpose: str) -> Stream:
        """The random numbers that an actor of that name draws for a purpose."""

    @abstractmethod
    def record(self, event: Event) -> None:
        """Tell the journal."""

    @abstractmethod
    def bury(self, name: str, message: object) -> None:
        """Count a message that nobody will handle."""

    @abstractmethod
    def count_crash(self, what: str, error: BaseException) -> bool:
        """Count a handler that raised; True if it was among the few that are logged in full."""

    @abstractmethod
    def await_reply(self, reply: Reply) -> None:
        """Bring about the answer to a question from outside, where waiting alone would not."""
