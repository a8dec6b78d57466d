"""Meters: what is measured over time, handed to the actors and read by the books.

An actor says what happens (a line has three orders now, a server was busy from here to there),
and knows nothing of warm-ups, averages or who reads them. A meter belongs to the run and is
known by a name, so it outlives a restart of its actor. Who wants a time series listens.
"""

from __future__ import annotations

from collections.abc import Sequence

from actors.measure.listener import Listener

__all__ = ["BusyTime", "Level", "Meters"]


class Level:
    """The time-average and the maximum of a level such as a queue's length.

    Args:
        since: from this moment (s) on it is measured; the level that it finds then counts.
        name: what listeners know it by.
        listeners: hear of every change.
    """

    __slots__ = ("_area", "_largest", "_level", "_listeners", "_name", "_since", "_then")

    def __init__(
        self, since: float = 0.0, name: str = "", listeners: Sequence[Listener] = ()
    ) -> None:
        self._since = since
        self._name = name
        self._listeners = listeners
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
        if self._listeners:
            for listener in self._listeners:
                listener.level(self._name, now, level)

    def _rise(self, level: int) -> None:
        if level > self._largest:
            self._largest = level

    def mean(self, now: float) -> float:
        """The average up to `now`; 0 before anything could be measured."""
        length = now - self._since
        return self._area_at(now) / length if length > 0 else 0.0

    def _area_at(self, now: float) -> float:
        return self._area + self._level * max(0.0, now - self._then)

    def largest(self, now: float) -> int:
        """The highest level up to `now`."""
        return max(self._largest, self._level) if now >= self._since else self._largest


class BusyTime:
    """How long a server was busy, in seconds.

    Args:
        since: from this moment (s) on it is measured.
        name: what listeners know it by.
        listeners: hear of every stretch.
    """

    __slots__ = ("_listeners", "_name", "_since", "total")

    def __init__(
        self, since: float = 0.0, name: str = "", listeners: Sequence[Listener] = ()
    ) -> None:
        self._since = since
        self._name = name
        self._listeners = listeners
        self.total = 0.0

    def add(self, start: float, end: float) -> None:
        """The server was busy from `start` to `end`."""
        self.total += end - (start if start >= self._since else min(self._since, end))
        if self._listeners:
            for listener in self._listeners:
                listener.busy(self._name, start, end)

    def share(self, now: float) -> float:
        """The utilisation up to `now`, 0..1."""
        length = now - self._since
        return self.total / length if length > 0 else 0.0


class Meters:
    """The meters of a run, by name; one is made when it is first asked for.

    Args:
        warm_up: seconds; what was before is not measured.
        listeners: hear of every change of every meter.
    """

    def __init__(self, warm_up: float = 0.0, listeners: Sequence[Listener] = ()) -> None:
        self._warm_up = warm_up
        self._listeners = tuple(listeners)
        self._levels: dict[str, Level] = {}
        self._busy: dict[str, BusyTime] = {}

    def level(self, name: str) -> Level:
        """The level of that name, such as `router`: the orders that wait there."""
        found = self._levels.get(name)
        if found is None:
            found = self._levels[name] = Level(self._warm_up, name, self._listeners)
        return found

    def busy(self, name: str) -> BusyTime:
        """The busy time of a server, by the name of its actor."""
        found = self._busy.get(name)
        if found is None:
            found = self._busy[name] = BusyTime(self._warm_up, name, self._listeners)
        return found
