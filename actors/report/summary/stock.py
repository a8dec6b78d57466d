"""The products: what they sold, what is left, when they were sold out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actors.report.layout import Section, titled
from actors.report.tables import aligned, number, share, span

if TYPE_CHECKING:
    from actors.measure.result import ProductResult, ProductTotals, Result
    from actors.report.style import Look

__all__ = ["stock"]

_NAME_WIDTH: Final = 18
_MOST_PRODUCTS: Final = 8
_FEWEST_PRODUCTS: Final = 3


def stock(result: Result, look: Look, *, everything: bool) -> Section:
    """The products that matter: those that refused orders or sold out, then the scarcest."""
    ranked = sorted(result.products.items(), key=lambda pair: _importance(pair[1]))
    short = sum(item.short > 0 or item.sold_out_at_s is not None for _, item in ranked)
    most = min(_MOST_PRODUCTS, max(_FEWEST_PRODUCTS, short))
    shown = ranked if everything else ranked[:most]
    names = ["initial", "sold", "returned+restocked", "final", "fill", "sold out at", "refused"]
    rows = [_product(look.foreign(sku, 2 * _NAME_WIDTH), item) for sku, item in shown]
    total = [*_units("all products", result.all_products), "", ""]
    lines = aligned("l" + 7 * "r", [["STOCK", *names], *rows, total])
    return Section(
        head=[titled(lines[0], "STOCK", look)],
        rows=[
            look.paint("warn", line) if item.sold_out_at_s is not None else line
            for line, (_, item) in zip(lines[1:-1], shown, strict=True)
        ],
        foot=[look.paint("strong", lines[-1])] if len(ranked) > 1 else [],
        more=len(ranked) - len(shown),
        noun="products",
    )


def _importance(item: ProductResult) -> tuple[bool, int, float, int]:
    matters = item.refused > 0 or item.sold_out_at_s is not None
    return not matters, -item.refused, 1.0 if item.fill is None else item.fill, -item.sold


def _product(name: str, item: ProductResult) -> list[str]:
    return [*_units(name, item), span(item.sold_out_at_s), number(item.refused)]


def _units(name: str, item: ProductTotals) -> list[str]:
    return [
        f"  {name}",
        number(item.initial),
        number(item.sold),
        number(item.returned + item.restocked),
        number(item.final),
        share(item.fill),
    ]
