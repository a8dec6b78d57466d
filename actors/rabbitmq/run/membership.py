"""Who works on a run: workers as they are heard, and what they have done so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from actors.measure.journal import EventKind
from actors.rabbitmq.both.wire import Gone, Here, Labours

__all__ = ["Member", "Membership", "NoteOf"]

SILENT_S: Final = 5.0

NoteOf = Callable[[str, EventKind, str], None]


@dataclass
class Member:
    """A worker: how many orders it serves at once, what it last said, when (monotonic, s)."""

    processors: int
    labours: Labours
    heard: float
    present: bool = True


class Membership:
    """The workers of a run, in the order in which they joined; safe from any thread.

    Args:
        note: hears who joins, leaves and is lost: name, kind, words.
        clock: real seconds.
    """

    def __init__(self, note: NoteOf, clock: Callable[[], float]) -> None:
        self._note = note
        self._clock = clock
        self._lock = threading.Lock()
        self._members: dict[str, Member] = {}
        self.capacity = 0
        self.joined = 0
        self.lost = 0

    def here(self, here: Here) -> bool:
        """A worker shows up; True if it was not present before."""
        with self._lock:
            member = self._members.get(here.worker)
            new = member is None or not member.present
            if new:
                # At the end of the line, also when it was there once: the others have its place.
                self._members.pop(here.worker, None)
                self.joined += 1
            self._members[here.worker] = Member(here.processors, here.labours, self._clock())
            self._count()
        if new:
            self._note(here.worker, "joined", f"serves {here.processors} orders at once")
        return new

    def update(self, worker: str, labours: Labours) -> None:
        """A worker says in passing what it has done so far."""
        with self._lock:
            if worker in self._members:
                self._members[worker].labours = labours

    def gone(self, gone: Gone) -> bool:
        """A worker leaves; True if it was present."""
        return self._remove(gone.worker, gone.labours, None)

    def dead(self, worker: str, why: str) -> bool:
        """A worker is known to have ended without a word; True if it was present."""
        return self._remove(worker, None, why)

    def _remove(self, worker: str, labours: Labours | None, why: str | None) -> bool:
        with self._lock:
            member = self._members.get(worker)
            if member is None or not member.present:
                return False
            member.present = False
            member.labours = labours or member.labours
            self.lost += why is not None
            self._count()
        self._note(worker, "left" if why is None else "lost", why or "with nothing in hand")
        return True

    def forget_silent(self) -> bool:
        """Give up workers that have not been heard for five seconds; True if there were any."""
        limit = self._clock() - SILENT_S
        with self._lock:
            silent = [
                name
                for name, member in self._members.items()
                if member.present and member.heard < limit
            ]
        for name in silent:
            self._remove(name, None, f"not heard for {SILENT_S:g} s")
        return bool(silent)

    def _count(self) -> None:
        self.capacity = sum(m.processors for m in self._members.values() if m.present)

    @property
    def present(self) -> tuple[str, ...]:
        """The names of those who are there, in the order of their joining."""
        with self._lock:
            return tuple(name for name, member in self._members.items() if member.present)

    @property
    def members(self) -> dict[str, Member]:
        """Everybody who has ever been there."""
        with self._lock:
            return dict(self._members)
