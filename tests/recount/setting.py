"""What a recount has to know of a scenario beside the records of its orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Setting"]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A shop as it was before the first order.

    Attributes:
        stock: units on the shelf, by SKU.
        prices: of the products that have one.
        windows: start and end of each phase, in seconds.
        ties: whether all orders are served equally long, so that what happens to one may happen
            at the very moment of another; records do not tell which was first.
    """

    stock: Mapping[str, int]
    groups: tuple[str, ...]
    prices: Mapping[str, float] = field(default_factory=dict)
    windows: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    processors: int = 1
    fulfilment: str = "all_or_nothing"
    warm_up: float = 0.0
    ties: bool = False
