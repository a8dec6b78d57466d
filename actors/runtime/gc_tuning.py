"""Python's garbage collector while a simulation runs: rarely.

Orders and messages are trees and die by reference counting alone. The collector looks for
cycles that are not there, and looks through everything the process has ever imported; while a
run lasts, that is frozen out of its sight and it looks seldom.

What was frozen is old afterwards, and Python does not count it as grown. A run that has ended is
a circle of actors, mailboxes and their runtime, so whoever plays many would keep them all: now
and then everything is looked through, by the rule that Python has for it otherwise.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["rare_collections"]

YOUNG: Final = 50_000  # new containers before the collector looks at the youngest
TRIFLE: Final = 100_000  # blocks of memory


class _Heap:
    """How many blocks of memory were in use when everything was last looked through."""

    def __init__(self) -> None:
        self.blocks = sys.getallocatedblocks()

    def look(self) -> None:
        """Look through everything if a quarter has come since, and no mere trifle."""
        if sys.getallocatedblocks() > self.blocks * 5 // 4 + TRIFLE:
            gc.collect()
            self.blocks = sys.getallocatedblocks()


_heap: Final = _Heap()


@contextmanager
def rare_collections() -> Iterator[None]:
    """Tune the collector for a run, and set it back afterwards.

    Where something is frozen already, by the host or by us, it stays so.
    """
    if gc.get_freeze_count():
        yield
        return
    _heap.look()
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
