"""Python's garbage collector while a simulation runs: rarely.

Orders and messages are trees and die by reference counting alone. The collector looks for
cycles that are not there, and looks through everything the process has ever imported; while a
run lasts, that is frozen out of its sight and it looks seldom.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["rare_collections"]

YOUNG: Final = 50_000  # new containers before the collector looks at the youngest


@contextmanager
def rare_collections() -> Iterator[None]:
    """Tune the collector for a run, and set it back afterwards."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
