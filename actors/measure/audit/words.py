"""How a broken law is put into words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["NAMED", "named"]

NAMED: Final = 3  # how many culprits a detail names before it only counts them


def named(detail: str, more: Sequence[str]) -> str:
    """A detail with the first few cases behind it."""
    return "; ".join((detail, *more[:NAMED]))
