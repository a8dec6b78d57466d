"""Averages over time: of a level that changes now and then, and of being busy."""

from __future__ import annotations

__all__ = ["BusyTime", "TimeAverage"]


class TimeAverage:
    """The time-average and the maximum of a level such as a queue's length.

    Args:
        since: from this moment (s) on it is measured; the level that it finds then counts.
    """

    __slots__ = ("_area", "_largest", "_level", "_since", "_then")

    def __init__(self, since: float = 0.0) -> None:
        self._since = since
        self._then = since
        self._area = 0.0
        self._level = 0
        self._largest = 0

    def change(self, now: float, level: int) -> None:
        """The level is `level` from `now` on."""
        if now > self._then:
            self._area += self._level * (now - self._then)
            self._then = now
            self._rise(self._level)  # it may have stood there since before it was measured
        self._level = level
        if now >= self._since:
            self._rise(level)

    def _rise(self, level: int) -> None:
        if level > self._largest:
            self._largest = level

    def mean(self, now: float) -> float:
        """The average up to `now`; 0 before anything could be measured."""
        self.change(now, self._level)
        length = now - self._since
        return self._area / length if length > 0 else 0.0

    def largest(self, now: float) -> int:
        """The highest level up to `now`."""
        self.change(now, self._level)
        return self._largest


class BusyTime:
    """How long a server was busy, in seconds.

    Args:
        since: from this moment (s) on it is measured.
    """

    __slots__ = ("_since", "total")

    def __init__(self, since: float = 0.0) -> None:
        self._since = since
        self.total = 0.0

    def add(self, start: float, end: float) -> None:
        """The server was busy from `start` to `end`."""
        self.total += end - (start if start >= self._since else min(self._since, end))

    def share(self, now: float) -> float:
        """The utilisation up to `now`, 0..1."""
        length = now - self._since
        return self.total / length if length > 0 else 0.0
