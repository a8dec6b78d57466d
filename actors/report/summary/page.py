"""The whole run on one page: what ran, the verdict, and the figures behind it.

It is read in a terminal and in a CI log alike: the verdict is a word before it is a colour,
failures come first, and what does not fit is counted rather than dropped in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actors.report.layout import Section, fitted
from actors.report.style import Look
from actors.report.summary.checks import checks
from actors.report.summary.load import load
from actors.report.summary.orders import orders
from actors.report.summary.rejections import rejections
from actors.report.summary.roles import roles
from actors.report.summary.stock import stock
from actors.report.tables import number, span
from actors.report.verdict_word import verdict_word

if TYPE_CHECKING:
    from actors.measure.result import Result

__all__ = ["MOST_LINES", "render"]

MOST_LINES: Final = 40


def render(
    result: Result,
    *,
    everything: bool = False,
    colour: bool,
    unicode: bool = True,
    width: int = 100,
) -> str:
    """The summary in at most `MOST_LINES` lines, or all of it; it ends without a line break."""
    look = Look(colour, unicode)
    parts = [
        _headline(result, look, width),
        checks(result, look, width, everything=everything),
        *_order_tables(result, look, everything=everything),
        rejections(result, look, width, everything=everything),
        stock(result, look, everything=everything),
        load(result, look, width, everything=everything),
        roles(result, look) if everything else None,
    ]
    shown = [part for part in parts if part is not None]
    return "\n".join(fitted(shown, None if everything else MOST_LINES, look))


def _order_tables(result: Result, look: Look, *, everything: bool) -> list[Section]:
    by_phase = orders(result, result.phases, "phase", look)
    by_group = orders(result, result.groups, "group", look)
    if everything and result.phases and result.groups:
        return [by_phase, by_group]
    return [by_phase if result.phases else by_group]


def _headline(result: Result, look: Look, width: int) -> Section:
    between = f" {look.sign('and')} "
    name = look.foreign(result.scenario.name)
    what = [result.runtime, f"seed {result.seed}", f"stocksim {result.version}"]
    if result.replication:
        what.insert(2, f"replication {result.replication}")
    lines = [look.paint("strong", name) + look.cut(between + between.join(what), width)]
    if result.scenario.overrides:
        changes = [f"{key}={value}" for key, value in result.scenario.overrides.items()]
        lines.append(look.cut(look.foreign(f"with {', '.join(changes)}", 2 * width), width))
    lines.append(look.cut(between.join(_speed(result)), width))
    return Section(head=[*lines, _verdict(result, look)])


def _speed(result: Result) -> list[str]:
    placed, wall = result.orders.placed, result.time.wall_s
    facts = [f"{number(placed)} orders", f"{span(result.simulated_s)} simulated in {span(wall)}"]
    return [*facts, f"{placed / wall:,.0f} orders/s"] if wall > 0 else facts


def _verdict(result: Result, look: Look) -> str:
    failed = sum(not item.ok for item in result.thresholds)
    broken = sum(not item.ok for item in result.audit.checks)
    total = len(result.thresholds)
    kept = f"{total} of {total} thresholds kept" if total else "no thresholds set"
    reasons = [
        f"{failed} of {total} thresholds failed" if failed else kept,
        "audit holds" if result.audit.ok else f"{broken} audit laws broken",
    ]
    if result.crashes:
        reasons.append(f"{number(result.crashes)} handlers raised: see the log")
    if result.interrupted:
        reasons.append(f"interrupted at {span(result.simulated_s)}")
    if result.exit_code:
        reasons.append(f"exit {result.exit_code}")
    return f"{verdict_word(result.exit_code, look)}  {', '.join(reasons)}"
