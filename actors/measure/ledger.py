"""The audit's own book of open orders: entered when placed, struck at the outcome.

It holds open orders only, so memory stays flat, and still a violation names its order: what
is left at the end is *lost*; an outcome for an order that is not open is *duplicated* if the
order ended a short while ago, else *unexpected* (Jepsen's words).
"""

from __future__ import annotations

from collections import deque
from typing import Final

from actors.messages import Place

__all__ = ["Ledger"]

RECENT: Final = 4_096
EXAMPLES: Final = 5


class Ledger:
    """Open orders by reference. Single dict operations only: safe from many threads."""

    def __init__(self) -> None:
        self._open: dict[str, Place] = {}
        self._again: dict[str, int] = {}
        # Membership costs a scan, but is asked only where something is wrong already.
        self._recent: deque[str] = deque(maxlen=RECENT)
        self.duplicated = 0
        self.unexpected = 0
        self.examples: list[str] = []

    def placed(self, place: Place) -> None:
        """An order leaves its client; before it is sent, so that no outcome can come first."""
        if place.ref in self._open:
            self._again[place.ref] = self._again.get(place.ref, 0) + 1
        self._open[place.ref] = place

    def ended(self, ref: str) -> None:
        """An order has its outcome."""
        if self._open.pop(ref, None) is not None:
            self._recent.append(ref)
            return
        if ref in self._recent:
            self.duplicated += 1
            words = f"{ref} ended twice"
        else:
            self.unexpected += 1
            words = f"{ref} ended and was never placed"
        if len(self.examples) < EXAMPLES:
            self.examples.append(words)

    def joined(self, ref: str) -> None:
        """An id came again and was answered by its first: that sending needs no outcome."""
        waiting = self._again.get(ref, 0)
        if waiting:
            self._again[ref] = waiting - 1
        else:
            self._open.pop(ref, None)

    def open(self) -> list[Place]:
        """The orders without an outcome, oldest first."""
        return list(self._open.values())

    def __len__(self) -> int:
        return len(self._open)
