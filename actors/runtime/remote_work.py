"""Work that has left this process: a run is not over before all of it has come back.

Whoever sends work elsewhere counts what it has sent and what was answered. Both numbers only
grow, and belong to one actor, which changes them while it handles a message: so a runtime that
reads everything answered *first* and everything sent *afterwards*, together with its messages,
sees both equal only if nothing was under way in between.
"""

from __future__ import annotations

__all__ = ["RemoteWork"]


class RemoteWork:
    """One actor's counts.

    Attributes:
        sent: pieces of work that have left; counted before they can be answered.
        answered: those that need not be awaited any more.
    """

    __slots__ = ("answered", "sent")

    def __init__(self) -> None:
        self.sent = 0
        self.answered = 0

    @property
    def open(self) -> int:
        """Pieces of work that are still elsewhere."""
        return self.sent - self.answered
