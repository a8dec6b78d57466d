"""The audit's own book of open orders: entered when placed, struck at the outcome.

It holds open orders only, so memory stays flat, and still a violation names its order: what
is left at the end is *lost*; an outcome for an order that is not open is *duplicated* if the
order ended a short while ago, else *unexpected* (Jepsen's words).
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from actors.messages import Place

__all__ = ["Ledger"]

RECENT: Final = 1_024
EXAMPLES: Final = 5


class Ledger:
    """Open orders by reference; every sending of an id counts for itself.

    The common way in and out is one dict operation, safe from many threads. Only an id that is
    sent again while it is open takes a lock.
    """

    def __init__(self) -> None:
        self._open: dict[str, Place] = {}
        self._again: dict[str, list[Place]] = {}  # further sendings of ids that were open
        self._lock = threading.Lock()
        # Membership costs a scan, but is asked only where something is wrong already.
        self._recent: deque[str] = deque(maxlen=RECENT)
        self.duplicated = 0
        self.unexpected = 0
        self.examples: list[str] = []

    def placed(self, place: Place) -> None:
        """An order leaves its client; before it is sent, so that no outcome can come first."""
        if self._open.setdefault(place.ref, place) is not place:
            with self._lock:
                self._again.setdefault(place.ref, []).append(place)

    def ended(self, ref: str) -> None:
        """An order has its outcome."""
        if self._open.pop(ref, None) is not None or self._strike_again(ref):
            self._recent.append(ref)
        else:
            self._complain(ref)

    def joined(self, ref: str) -> None:
        """An id came again and is answered by its first: that sending needs no outcome."""
        if self._open.pop(ref, None) is None and not self._strike_again(ref):
            self._complain(ref)

    def _strike_again(self, ref: str) -> bool:
        """Strike a further sending of an id; False if none is open."""
        with self._lock:
            sendings = self._again.get(ref)
            if sendings is None:
                return False
            sendings.pop()
            if not sendings:
                del self._again[ref]
            return True

    def _complain(self, ref: str) -> None:
        if ref in self._recent:
            self.duplicated += 1
            words = f"{ref} ended twice"
        else:
            self.unexpected += 1
            words = f"{ref} ended and was never placed"
        if len(self.examples) < EXAMPLES:
            self.examples.append(words)

    def open(self) -> list[Place]:
        """The sendings without an outcome, oldest first; those of an id sent again at the end."""
        return [*self._open.values(), *(place for more in self._again.values() for place in more)]

    def __len__(self) -> int:
        return len(self.open())
