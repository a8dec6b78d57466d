"""What a shop sells, and what is ordered of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

__all__ = ["KEYS", "Written", "by_sku", "orders", "products"]

Written = dict[str, Any]

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "A": ("A",),
    "RED TEA": ("RED TEA",),
    "0123": ("0123",),
    "ACC-01..05": tuple(f"ACC-0{number}" for number in range(1, 6)),
    "CUP9..11": ("CUP9", "CUP10", "CUP11"),
}
STOCKS: Final = [20, 5, 60, 150, 1, 0, 2000]
FEW: Final = [5, 0, 20, 1]
PRICES: Final = [None, 3.5, 19.99, 899.0, 0.1, 0]
WEIGHTS: Final = [0.5, 1, 3, 10]


@st.composite
def products(draw: st.DrawFn, *, scarce: bool) -> Written:
    """One product or more, some of them ranges; scarce ones are several, and soon sold out."""
    least = 2 if scarce else 1
    keys = draw(st.lists(st.sampled_from(list(KEYS)), min_size=least, max_size=4, unique=True))
    return {key: draw(_product(FEW if scarce else STOCKS)) for key in keys}


@st.composite
def _product(draw: st.DrawFn, stocks: Sequence[int]) -> Written:
    price = draw(st.sampled_from(PRICES))
    return {"stock": draw(st.sampled_from(stocks))} | ({} if price is None else {"price": price})


def by_sku(listed: Mapping[str, Written], key: str) -> dict[str, Any]:
    """One of the products' values by SKU, with ranges written out."""
    return {
        sku: product[key]
        for name, product in listed.items()
        if key in product
        for sku in KEYS[name]
    }


@st.composite
def orders(draw: st.DrawFn, keys: Sequence[str], *, scarce: bool) -> Written:
    """What a group's orders look like, with some parts left to their defaults.

    Those for scarce products are for several, so that one may be short and another not.
    """
    kinds = st.sampled_from(["sale", {"sale": 20, "return": 1, "restock": 1}])
    every = {
        "lines": draw(st.sampled_from(["1..3", 2, "2..6", 1])),
        "quantity": draw(st.sampled_from(["1..3", 3, "2..40", 1])),
        "sku": draw(_popularity(keys)),
        "kind": draw(st.one_of(kinds, _weights(["sale", "return", "restock"]))),
        "priority": draw(st.one_of(st.just(2), _weights([0, 5, -3]))),
    }
    found = {key: value for key, value in every.items() if draw(st.booleans())}
    return found | {"lines": "2..6"} if scarce else found


def _popularity(keys: Sequence[str]) -> st.SearchStrategy[Any]:
    """How products are chosen: `uniform`, `zipf S` or weights of SKUs and ranges."""
    words = st.sampled_from(["uniform", "zipf 0", "zipf 1.1", "zipf 3"])
    return st.one_of(words, _weights(keys))


@st.composite
def _weights(draw: st.DrawFn, items: Sequence[Any]) -> dict[Any, float]:
    chosen = draw(st.lists(st.sampled_from(items), min_size=1, max_size=4, unique=True))
    return {item: draw(st.sampled_from(WEIGHTS)) for item in chosen}
