"""Random numbers: one stream for each (seed, replication, actor, purpose).

What one actor draws for one purpose depends on nothing else, so neither another actor nor
another order of drawing changes it, and two designs can be compared on common random numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from hashlib import blake2b
from random import Random
from typing import Protocol

__all__ = ["Chance", "Stream"]


class Chance(Protocol):
    """What samplers draw from: `Random`, or a `Stream`."""

    @property
    def random(self) -> Callable[[], float]:
        """Draws a number, uniform in [0, 1)."""


class Stream:
    """A stream of random numbers, made at its first draw: most are never drawn from.

    The same four keys give the same numbers in every process.
    """

    def __init__(self, seed: int, replication: int, actor: str, purpose: str) -> None:
        self._key = (seed, replication, actor, purpose)

    @cached_property
    def random(self) -> Callable[[], float]:
        """Draws a number, uniform in [0, 1)."""
        key = "\0".join(str(part) for part in self._key).encode(errors="surrogatepass")
        return Random(int.from_bytes(blake2b(key, digest_size=16).digest(), "big")).random
