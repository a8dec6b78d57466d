"""Why orders were rejected, and the products and mistakes behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actors.measure.figures import share_of
from actors.report.layout import Section
from actors.report.tables import aligned, number, share, span

if TYPE_CHECKING:
    from actors.measure.result import Result
    from actors.report.style import Look
    from actors.vocabulary.outcomes import Reason

__all__ = ["rejections"]

_NAME_WIDTH: Final = 18
_WORST: Final = 3


def rejections(result: Result, look: Look, width: int, *, everything: bool) -> Section | None:
    """How many orders were rejected for which reason, and the products and mistakes behind it."""
    counts = result.orders
    if not counts.rejected:
        return None
    by_count = sorted(counts.rejected_by.items(), key=lambda item: -item[1])
    table = [
        [f"  {reason}", number(n), share(share_of(reason, counts)), _behind(reason, result, look)]
        for reason, n in by_count
        if n
    ]
    letters = [
        look.cut(f"    {number(item.count)} x {look.foreign(item.why)}", width - 20)
        + look.paint("quiet", f"  first {look.foreign(item.example, _NAME_WIDTH)}")
        for item in sorted(result.dead_letters, key=lambda item: -item.count)
    ]
    shown = letters if everything else letters[:_WORST]
    total = f"{number(counts.rejected)} of {number(counts.placed)} orders"
    return Section(
        head=[
            f"{look.paint('strong', 'REJECTED')}  {total}, {share(share_of('rejected', counts))}"
        ],
        rows=[look.cut(line, width) for line in aligned("lrrl", table)] + shown,
        more=len(letters) - len(shown),
        noun="mistakes",
    )


def _behind(reason: Reason, result: Result, look: Look) -> str:
    if reason != "out_of_stock":
        return ""
    short = [(sku, item) for sku, item in result.products.items() if item.refused]
    short.sort(key=lambda pair: -pair[1].refused)
    worst = [
        f"{look.foreign(sku, _NAME_WIDTH)} {number(item.refused)} since {span(item.short_since_s)}"
        for sku, item in short[:_WORST]
    ]
    others = [f"{number(len(short) - _WORST)} more products"] if len(short) > _WORST else []
    return ", ".join(worst + others)
