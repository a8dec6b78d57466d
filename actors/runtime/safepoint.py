"""A deliveries_left between deliveries: the interpreter looks after signals and other threads.

It does so whenever a function of its own begins. Compiled code never begins one, so the engine
calls this one now and then; the module itself must stay uncompiled.
"""

from __future__ import annotations

__all__ = ["safepoint"]


def safepoint() -> None:
    """Nothing; see the module's text."""
