"""Who hears of what is measured, as it happens: a time series, a live page."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Listener"]


class Listener(Protocol):
    """Hears of every change of every meter, as it happens, on the thread of the actor."""

    def level(self, name: str, now: float, level: int) -> None:
        """A level is `level` from `now` on."""

    def busy(self, name: str, start: float, end: float) -> None:
        """A server was busy from `start` to `end`."""
