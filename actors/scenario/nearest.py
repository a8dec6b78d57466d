"""The "did you mean" at the end of a message about a misspelt name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean"]

MAX_LENGTH = 100  # comparing is quadratic in the length, and nobody misspells longer names


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` for the known name nearest to `word`, or nothing when none is near."""
    folded = {name.casefold(): name for name in known if len(name) <= MAX_LENGTH}
    near = get_close_matches(word[:MAX_LENGTH].casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[near[0]]}?" if near else ""
