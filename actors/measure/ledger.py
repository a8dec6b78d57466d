"""The audit's own book of open orders: entered when placed, struck at the outcome.

It holds open orders only, so memory stays flat, and still a violation names its order: what
is left at the end is *lost*; an outcome for an order that is not open is *duplicated* if the
order ended a short while ago, else *unexpected* (Jepsen's words). It keeps the envelope that the
client wrote, so one that comes back changed is found too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
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
        self.changed = 0
        self.repeated = 0  # sendings of clients that wait, answered by their first
        self.examples: list[str] = []

    def placed(self, place: Place) -> None:
        """An order leaves its client; before it is sent, so that no outcome can come first."""
        if self._open.setdefault(place.ref, place) is not place:
            with self._lock:
                self._again.setdefault(place.ref, []).append(place)

    def ended(self, places: Sequence[Place]) -> None:
        """Orders have their outcomes; each place is what came back of one."""
        strike = self._open.pop
        for place in places:
            found = strike(place.ref, None)
            if found is not place and not self._struck(place, found):
                self._complain(place.ref)
            else:
                self._recent.append(place.ref)

    def joined(self, place: Place) -> None:
        """An id came again and is answered by its first: that sending needs no outcome."""
        self.repeated += place.waits
        found = self._open.pop(place.ref, None)
        if found is not place and not self._struck(place, found):
            self._complain(place.ref)

    def _struck(self, place: Place, found: Place | None) -> bool:
        """Strike the sending that an envelope came from; False if none of its id is open.

        Args:
            place: the envelope that came back.
            found: what was open first under its id, taken out already.
        """
        with self._lock:
            sendings = self._again.pop(place.ref, [])
            if found is not None:
                sendings.insert(0, found)
            if not sendings:
                return False
            same = [sending for sending in sendings if sending is place] or [
                sending for sending in sendings if sending == place
            ]
            if not same:
                self._changed(place.ref)
            struck = same[0] if same else sendings[0]
            left = [sending for sending in sendings if sending is not struck]
            # Another sending may have come in since, and is the first of those open then.
            if left and self._open.setdefault(place.ref, left[0]) is left[0]:
                del left[0]
            if left:
                self._again[place.ref] = left
            return True

    def _changed(self, ref: str) -> None:
        self.changed += 1
        self._example(f"{ref} came back in another envelope")

    def _complain(self, ref: str) -> None:
        if ref in self._recent:
            self.duplicated += 1
            words = f"{ref} ended twice"
        else:
            self.unexpected += 1
            words = f"{ref} ended and was never placed"
        self._example(words)

    def _example(self, words: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(words)

    def open(self) -> list[Place]:
        """The sendings without an outcome, oldest first; those of an id sent again at the end."""
        return [*self._open.values(), *(place for more in self._again.values() for place in more)]

    def __len__(self) -> int:
        return len(self.open())
