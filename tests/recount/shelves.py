"""Products recounted from the records of orders and the stock at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from expected import Between
from setting import Setting

__all__ = ["SUMMED", "all_products", "fill", "product", "products", "sold_out_at"]

Order = Mapping[str, Any]
Figures = dict[str, Any]

SUMMED: Final = ("initial", "asked", "sold", "returned", "restocked", "final")


def products(setting: Setting, orders: Sequence[Order]) -> dict[str, Figures]:
    """Every product's figures, by SKU."""
    return {sku: product(setting, orders, sku) for sku in setting.stock}


def product(setting: Setting, orders: Sequence[Order], sku: str) -> Figures:
    """One product's figures."""
    decided = [order for order in orders if order["started_s"] is not None]
    sales = [order for order in decided if order["kind"] == "sale"]
    asked, sold = _units(sales, sku, "quantity"), _units(sales, sku, "filled")
    returned = _filled(decided, "return", sku)
    restocked = _filled(decided, "restock", sku)
    surely, maybe = _shortages(setting, sales, sku)
    short = _short_units(surely, maybe, sku)
    price = setting.prices.get(sku)
    return {
        "initial": setting.stock[sku],
        "asked": asked,
        "sold": sold,
        "short": short,
        "returned": returned,
        "restocked": restocked,
        "final": setting.stock[sku] + returned + restocked - sold,
        "fill": fill(asked, sold, short),
        "revenue": None if price is None else round(sold * price, 2),
        "refused": _number(_rejected(surely), _rejected(maybe)),
        "short_since_s": _first(surely, maybe),
    }


def all_products(setting: Setting, orders: Sequence[Order]) -> Figures:
    """The products' figures taken together."""
    each = products(setting, orders)
    sums: Figures = {name: sum(one[name] for one in each.values()) for name in SUMMED}
    short = _sum([one["short"] for one in each.values()])
    revenues = [each[sku]["sold"] * price for sku, price in setting.prices.items()]
    return sums | {
        "short": short,
        "fill": fill(sums["asked"], sums["sold"], short),
        "revenue": round(sum(revenues), 2) if revenues else None,
    }


def fill(asked: int, sold: int, short: int | Between) -> float | Between | None:
    """The share of what was asked for that was not refused."""
    if isinstance(short, Between):
        never = sold == 0 and short.least == 0
        return Between(1 - short.most / asked, 1 - short.least / asked, or_none=never)
    return None if asked == 0 or sold == short == 0 else 1 - short / asked


def sold_out_at(setting: Setting, orders: Sequence[Order], sku: str) -> float | None:
    """When the last unit was sold, where each order is for one product and ends as it is sold."""
    left = setting.stock[sku]
    if not left:
        return 0.0
    for order in orders:
        units = _units([order], sku, "filled")
        left += -units if order["kind"] == "sale" else units
        if not left:
            return float(order["finished_s"])
    return None


def _units(orders: Sequence[Order], sku: str, what: str) -> int:
    return sum(line[what] for order in orders for line in order["lines"] if line["sku"] == sku)


def _filled(decided: Sequence[Order], kind: str, sku: str) -> int:
    return _units([order for order in decided if order["kind"] == kind], sku, "filled")


def _refused_units(order: Order, sku: str) -> int:
    return _units([order], sku, "quantity") - _units([order], sku, "filled")


def _shortages(
    setting: Setting, sales: Sequence[Order], sku: str
) -> tuple[list[Order], list[Order]]:
    """The sales in which a product was short: those that surely are, and those that may be.

    A backorder that was given up names the first product that was missing, and no other.
    """
    surely, maybe = [], []
    for sale in sales:
        if sale["outcome"] == "fulfilled" or not _refused_units(sale, sku):
            continue
        if setting.fulfilment == "partial" or sale["short_sku"] == sku:
            surely.append(sale)
        elif setting.fulfilment == "backorder":
            maybe.append(sale)
    return surely, maybe


def _short_units(surely: Sequence[Order], maybe: Sequence[Order], sku: str) -> int | Between:
    least = sum(_refused_units(sale, sku) for sale in surely)
    return _number(least, sum(_refused_units(sale, sku) for sale in maybe))


def _number(surely: int, maybe: int) -> int | Between:
    return Between(surely, surely + maybe) if maybe else surely


def _rejected(sales: Sequence[Order]) -> int:
    return sum(sale["outcome"] == "rejected" for sale in sales)


def _first(surely: Sequence[Order], maybe: Sequence[Order]) -> float | Between | None:
    known = min((sale["finished_s"] for sale in surely), default=None)
    if not maybe:
        return known
    every = [sale["finished_s"] for sale in (*surely, *maybe)]
    return Between(min(every), max(every) if known is None else known, or_none=known is None)


def _sum(numbers: Sequence[int | Between]) -> int | Between:
    least = sum(int(one.least) if isinstance(one, Between) else one for one in numbers)
    most = sum(int(one.most) if isinstance(one, Between) else one for one in numbers)
    return _number(least, most - least)
