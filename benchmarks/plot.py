"""The picture beside RESULTS.md: a panel for each part whose figures say more when drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import floor, log10
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.parts import growth, messages, shop
from benchmarks.results import Results
from benchmarks.speed import Contest

__all__ = ["draw"]

OURS: Final = "#1f6feb"
THEIRS: Final = "#8b949e"
SHADES: Final = ("#1f6feb", "#79c0ff", "#3fb950", "#8b949e")
OWN_NAMES: Final = frozenset({shop.OURS, "virtual", "threads", "pool"})


def draw(results: Results, path: Path) -> None:
    """Write the picture as SVG."""
    panels = list(_panels(results))
    if not panels:
        return
    with mpl.rc_context():
        # Text stays text: small, and searchable. The same figures, the same file.
        mpl.rc("svg", fonttype="none", hashsalt="stocksim")
        mpl.rc("font", size=9)
        mpl.rc("axes.spines", top=False, right=False)
        figure = Figure(figsize=(10, 3.2 * -(-len(panels) // 2)), layout="constrained")
        axes = figure.subplots(-(-len(panels) // 2), 2, squeeze=False)
        places = list(axes.flat)
        for panel, place in zip(panels, places, strict=False):
            panel(place)
        for place in places[len(panels) :]:
            place.remove()
        figure.savefig(path, format="svg", metadata={"Date": None})


def _panels(results: Results) -> Sequence[Callable[[Axes], None]]:
    """What can be drawn, each as a function of its place."""
    panels: list[Callable[[Axes], None]] = []
    if (virtual := results.shop) is not None:
        panels.append(lambda axes: _bars(axes, virtual.found, "The shop: orders a CPU second"))
    if (real := results.pipelines) is not None:
        panels.append(lambda axes: _bars(axes, real.found, "The pipeline: orders a second"))
    if (games := results.messages) is not None:
        panels.append(lambda axes: _games(axes, games.found))
    if (sizes := results.growth) is not None:
        panels.append(lambda axes: _growth(axes, sizes.found))
    return panels


def _bars(axes: Axes, contest: Contest, title: str) -> None:
    """The median rate of each engine, with lines from the smallest to the largest."""
    engines = list(contest.runs)
    medians = [contest.median_rate(engine) for engine in engines]
    rates = [contest.rates(engine) for engine in engines]
    low = [middle - min(each) for middle, each in zip(medians, rates, strict=True)]
    high = [max(each) - middle for middle, each in zip(medians, rates, strict=True)]
    colours = [OURS if engine in OWN_NAMES else THEIRS for engine in engines]
    axes.barh(engines, medians, xerr=[low, high], color=colours, ecolor="#24292f", height=0.65)
    for place, (middle, each) in enumerate(zip(medians, rates, strict=True)):
        axes.annotate(
            f" {middle:,.0f}", (max(each), place), (3, 0), textcoords="offset points", va="center"
        )
    axes.invert_yaxis()
    axes.set_title(title, loc="left", weight="bold")
    _thousands(axes, max(map(max, rates)))


def _thousands(axes: Axes, largest: float) -> None:
    axes.set_xlim(0, largest * 1.25)  # room for the figures
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
    axes.xaxis.set_major_formatter(mpl.ticker.EngFormatter(sep=""))


def _games(axes: Axes, found: messages.Found) -> None:
    """Median rates, a group of bars for each game; logarithmic, for they lie far apart."""
    systems = messages.systems(found)
    width = 0.8 / len(systems)
    for number, (system, shade) in enumerate(zip(systems, _shades(systems), strict=True)):
        rates = [contest.median_rate(system) for contest in found.games.values()]
        places = [place + (number - (len(systems) - 1) / 2) * width for place in range(len(rates))]
        axes.bar(places, rates, width, label=system, color=shade)
    axes.set_xticks(range(len(found.games)), list(found.games))
    slowest = min(contest.median_rate(one) for contest in found.games.values() for one in systems)
    axes.set_yscale("log")
    axes.set_ylim(bottom=10 ** floor(log10(slowest)))
    axes.yaxis.set_major_formatter(mpl.ticker.EngFormatter(sep=""))
    axes.set_title("Messages a second", loc="left", weight="bold")
    axes.legend(frameon=False, ncols=len(systems), loc="upper center", bbox_to_anchor=(0.5, -0.08))


def _shades(systems: Sequence[str]) -> list[str]:
    ours = iter(SHADES)
    return [next(ours) if system in OWN_NAMES else THEIRS for system in systems]


def _growth(axes: Axes, found: growth.Found) -> None:
    """CPU time an order, by orders and by products."""
    orders = growth.order_costs_us(found)
    crowds = [(crowd.products, crowd.order_us) for crowd in found.crowds]
    lines: Mapping[str, list[tuple[int, float]]] = {"orders in the run": orders, "products": crowds}
    for (name, points), shade in zip(lines.items(), SHADES, strict=False):
        numbers, costs = zip(*points, strict=True)
        axes.plot(numbers, costs, marker="o", color=shade, label=f"by {name}")
    top = max(cost for points in lines.values() for _, cost in points)
    axes.set_xscale("log")
    axes.set_ylim(0, top * 1.3)
    axes.set_title("CPU time an order, µs", loc="left", weight="bold")
    axes.legend(frameon=False, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.08))
