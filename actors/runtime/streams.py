"""Random numbers: one stream for each (seed, replication, actor, purpose).

What one actor draws for one purpose depends on nothing else, so neither another actor nor
another order of drawing changes it, and two designs can be compared on common random numbers.
"""

from __future__ import annotations

from hashlib import blake2b
from random import Random

__all__ = ["stream"]


def stream(seed: int, replication: int, actor: str, purpose: str) -> Random:
    """A fresh stream; the same four keys give the same stream in every process."""
    key = f"{seed}\0{replication}\0{actor}\0{purpose}".encode(errors="surrogatepass")
    return Random(int.from_bytes(blake2b(key, digest_size=16).digest(), "big"))
