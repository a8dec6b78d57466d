"""Outcomes as they were told, in a form that two who heard of them can compare."""

from __future__ import annotations

from typing import Final

from actors.vocabulary.outcomes import Reason, Status

__all__ = ["Answers"]

_WORD: Final = 2**61 - 1


class Answers:
    """A count of outcomes and a checksum of which order had which, in whatever sequence.

    The checksum is made of hashes that hold within one process, so it is compared and never shown.
    """

    __slots__ = ("checksum", "count")

    def __init__(self) -> None:
        self.count = 0
        self.checksum = 0

    def note(self, order_id: str, status: Status, reason: Reason | None) -> None:
        """An order's outcome was told."""
        self.count += 1
        # Of one text, not of a tuple: sums of tuples' hashes hardly see two parts change places.
        told = hash(f"{order_id} {status} {reason}")
        self.checksum = (self.checksum + told) % _WORD

    def add(self, other: Answers) -> None:
        """Add all that another has noted."""
        self.count += other.count
        self.checksum = (self.checksum + other.checksum) % _WORD
