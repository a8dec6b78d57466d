"""A line in which orders wait: by priority, and by age within one.

The router's strategies keep one for all processors or one for each; over a broker a worker keeps
what it has in hand in one.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from typing import Generic, Protocol, TypeVar

from actors.decisions.order_schema import Order

__all__ = ["WaitingLine"]


class HasOrder(Protocol):
    """What may wait in a line: an order to be served, whatever it comes with."""

    @property
    def order(self) -> Order:
        """The order."""


Waiting = TypeVar("Waiting", bound=HasOrder)


class WaitingLine(Generic[Waiting]):
    """Orders that wait: the highest priority first, the oldest first within one priority."""

    def __init__(self) -> None:
        self._lines: dict[int, deque[Waiting]] = {}
        self._priorities: list[int] = []  # descending through the sign: lowest -priority first
        self._count = 0

    def join(self, waiting: Waiting) -> None:
        """Wait."""
        rank = -waiting.order.priority
        line = self._lines.get(rank)
        if line is None:
            line = self._lines[rank] = deque()
            insort(self._priorities, rank)
        line.append(waiting)
        self._count += 1

    def leave(self) -> Waiting | None:
        """The next to be served, if anybody waits."""
        if not self._count:
            return None
        self._count -= 1
        while not (line := self._lines[self._priorities[0]]):
            self._forget_first()
        first = line.popleft()
        # Orders may bring any number of different priorities: keep none that is used up, save
        # one, because most runs have a single priority and its line is empty often.
        if not line and len(self._priorities) > 1:
            self._forget_first()
        return first

    def leave_all(self) -> list[Waiting]:
        """Empty the line; returns who waited, in the order in which they would be served."""
        left: list[Waiting] = []
        while (first := self.leave()) is not None:
            left.append(first)
        return left

    def _forget_first(self) -> None:
        del self._lines[self._priorities.pop(0)]

    def __len__(self) -> int:
        return self._count
