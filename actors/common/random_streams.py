"""Random numbers: one stream for each (seed, replication, actor, purpose).

What one actor draws for one purpose depends on nothing else, so neither another actor nor
another order of drawing changes it, and two designs can be compared on common random numbers.

An order carries its luck: the client that places it draws a uniform number for each purpose,
and whoever serves it turns that number into a time. So an order keeps its draw when another
processor serves it, when there are more of them, or when they become faster. Where an order
needs several numbers for one purpose, `fork` makes them of the one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from hashlib import blake2b
from random import Random
from typing import Final, Protocol

__all__ = ["Chance", "Stream", "fork"]

_BITS: Final = 2.0**53
_WORD: Final = 2**64 - 1


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


def fork(number: float, branch: int) -> float:
    """Another uniform number in [0, 1) for each branch of one; branch 0 is the number itself.

    SplitMix64 (G. L. Steele, D. Lea, C. H. Flood: Fast Splittable Pseudorandom Number Generators,
    OOPSLA 2014), started from the number's 53 bits and moved on by its branch.
    """
    if not branch:
        return number
    word = (int(number * _BITS) + branch * 0x9E3779B97F4A7C15) & _WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
    return ((word ^ (word >> 31)) >> 11) / _BITS
