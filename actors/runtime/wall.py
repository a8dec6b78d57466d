"""What runtimes on the wall clock share: the clock, the table of names, and the wait for the end.

Actors work on threads of their own or of a pool; the thread that calls `run` only watches. It
looks whether the runtime is quiet in naps, not on a lock: an interruption may cut in from a
signal handler, and a lock could be held by the very code that it cuts into.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from typing_extensions import override

from actors.errors import BlockingInHandler
from actors.measure.journal import Detail, Journal
from actors.runtime.base import RunEnding, Runtime
from actors.runtime.gc_tuning import rare_collections
from actors.runtime.interception import Interceptor
from actors.runtime.mailbox import Mailbox
from actors.runtime.timers import TimedMailbox, TimerHeap

__all__ = ["WallRuntime"]

Box = TypeVar("Box", bound=TimedMailbox)

# The platform refuses to wait for centuries; waking up once an hour in vain does no harm.
LONGEST_WAIT_S: Final = 3600.0
FIRST_NAP_S: Final = 0.0002
LONGEST_NAP_S: Final = 0.005


class WallRuntime(Runtime, Generic[Box]):
    """The base of `threads` and `pool`.

    Args:
        speed: scenario seconds a real second; None: 1.
    """

    join_s = 5.0  # real seconds that `stop` waits for handlers that do not end

    def __init__(
        self,
        *,
        seed: int = 1,
        replication: int = 0,
        journal: Journal | None = None,
        detail: Detail = Detail.NOTHING,
        interceptor: Interceptor | None = None,
        speed: float | None = None,
    ) -> None:
        super().__init__(
            seed=seed,
            replication=replication,
            journal=journal,
            detail=detail,
            interceptor=interceptor,
        )
        self.speed = 1.0 if speed is None else speed
        self._began = time.monotonic()
        self.addresses: dict[str, Box] = {}
        self._interrupted = False
        self.timers = TimerHeap(self.wake)

    @property
    def now(self) -> float:
        """Scenario seconds since `start`."""
        return (time.monotonic() - self._began) * self.speed

    def until(self, when: float | None) -> float:
        """Real seconds to wait for a moment, or for none at all; a while at most."""
        if when is None:
            return LONGEST_WAIT_S
        return min(max((when - self.now) / self.speed, 0.0), LONGEST_WAIT_S)

    @override
    def start(self) -> None:
        self._began = time.monotonic()

    @override
    def find(self, name: str) -> Box | None:
        return self.addresses.get(name)

    @override
    def mailboxes(self) -> Iterator[Mailbox]:
        return iter(self.all_mailboxes())

    def all_mailboxes(self) -> list[Box]:
        """Every mailbox so far, in one step: a handler may spawn meanwhile."""
        return list(self.addresses.values())

    @override
    def run(self) -> RunEnding:
        if self.in_handler():
            raise BlockingInHandler("run() was called inside a handler: return instead")
        with rare_collections():
            return self._watch()

    def _watch(self) -> RunEnding:
        nap = FIRST_NAP_S
        while True:
            began = time.thread_time()
            if self._interrupted:
                self._interrupted = False
                return "interrupted"
            if self.quiet():
                return "quiescent"
            # Of thousands of actors a look takes a while: it must not keep them from their work.
            time.sleep(max(nap, 20 * (time.thread_time() - began)))
            nap = min(2 * nap, LONGEST_NAP_S)

    @override
    def interrupt(self) -> None:
        self._interrupted = True

    @abstractmethod
    def wake(self) -> None:
        """Have whoever waits for the earliest timer look again."""

    @abstractmethod
    def in_handler(self) -> bool:
        """Whether the calling thread is one of this runtime's own."""

    @abstractmethod
    def quiet(self) -> bool:
        """Whether nothing is queued, in a handler, or due."""
