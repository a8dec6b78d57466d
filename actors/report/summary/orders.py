"""The orders by phase or by group: how they ended, and their times at mean and percentiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actors.report.layout import Section, titled
from actors.report.tables import aligned, number, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from actors.measure.result import Block, Result
    from actors.report.style import Look

__all__ = ["orders"]

_NAME_WIDTH: Final = 18


def orders(result: Result, blocks: Mapping[str, Block], by: str, look: Look) -> Section:
    """Outcomes and times of each block (a phase or a group), and of all orders together."""
    title = ["ORDERS", "", "", "", "", "latency", "", "", "", "", "wait"]
    names = ["placed", "fulfilled", "partial", "rejected", "mean", "p50", "p95", "p99", "max"]
    header = [f"  by {by}" if blocks else "", *names, "mean"]
    rows = [_block(look.foreign(name, _NAME_WIDTH), block) for name, block in blocks.items()]
    lines = aligned("l" + 10 * "r", [title, header, *rows, _block("total", result)])
    return Section(
        head=[titled(lines[0], "ORDERS", look), look.paint("quiet", lines[1])],
        rows=lines[2:-1],
        foot=[look.paint("strong", lines[-1])],
        keep="ends",
        noun=f"{by}s",
    )


def _block(name: str, block: Block) -> list[str]:
    counts, latency = block.orders, block.latency_s
    outcomes = (counts.placed, counts.fulfilled, counts.partial, counts.rejected)
    times = (latency.mean, latency.p50, latency.p95, latency.p99, latency.max, block.wait_s.mean)
    return [f"  {name}", *map(number, outcomes), *map(span, times)]
