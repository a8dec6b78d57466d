"""A memory of what happened a short while ago: it forgets in bulk, and so costs next to nothing."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

__all__ = ["GenerationalMemory"]

Key = TypeVar("Key")
Value = TypeVar("Value")

# Shared by all that have forgotten nothing yet: most of thousands never will.
_NOTHING: Final[dict[object, object]] = {}


class GenerationalMemory(Generic[Key, Value]):
    """Values by key: at least the last `least` that were kept, at most twice as many.

    Two generations instead of a queue of keys beside a dict. Forgetting one key at a time means
    to go to a place in memory that was not visited for long, for every key; a whole generation
    is dropped in the order in which it came.

    Args:
        least: how many are remembered for certain.
    """

    __slots__ = ("_before", "_latest", "_least")

    def __init__(self, least: int) -> None:
        self._least = least
        self._latest: dict[Key, Value] = {}
        self._before: dict[Key, Value] = _NOTHING  # type: ignore[assignment]

    def keep(self, key: Key, value: Value) -> None:
        """Remember a value, in place of what the key had before."""
        self._latest[key] = value
        if len(self._latest) >= self._least:
            self._before, self._latest = self._latest, {}

    def get(self, key: Key) -> Value | None:
        """What is remembered of a key."""
        value = self._latest.get(key)
        return self._before.get(key) if value is None else value

    def __contains__(self, key: object) -> bool:
        return key in self._latest or key in self._before

    def __len__(self) -> int:
        """How many are remembered, a key that was kept again counted twice at most."""
        return len(self._latest) + len(self._before)
