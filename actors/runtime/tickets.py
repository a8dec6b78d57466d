"""A count that many threads raise at once, without a lock."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

__all__ = ["Tickets"]


class Tickets:
    """Counts how often `take` was called.

    The interpreter makes the next number of `itertools.count` in a single step, so no two
    threads get the same one. It can only be read by taking one, which is kept out of the count.
    """

    def __init__(self) -> None:
        self.take: Callable[[], int] = itertools.count().__next__
        self._lock = threading.Lock()
        self._looks = 0

    @property
    def taken(self) -> int:
        """How many so far."""
        with self._lock:
            taken = self.take() - self._looks
            self._looks += 1
            return taken
