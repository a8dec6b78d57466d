"""A set of replications on one page: each figure as its mean, and how far that may be off."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from actors.report.estimates import cells, mean_of
from actors.report.layout import Section, fitted, titled
from actors.report.style import Look, Tone
from actors.report.summary.checks import checks_of, verdict
from actors.report.summary.page import MOST_LINES
from actors.report.tables import aligned, number, span
from actors.report.verdict_word import verdict_word
from actors.study.precision import HEADLINES, PRECISE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actors.study.document import ReplicationSet, SetThreshold
    from actors.study.estimate import Estimate

__all__ = ["render_set"]

_NAME_WIDTH: Final = 18
_WARNING: Final = "WARNING  "
_WARNING_LENGTH: Final = 600
_MOST_PRODUCTS: Final = 6
_FEWEST_PRODUCTS: Final = 3
_PHASE_FIGURES: Final = (
    ("orders.placed", "placed"),
    ("shares.rejected", "rejected"),
    ("latency_s.mean", "latency mean"),
    ("latency_s.p95", "latency p95"),
    ("wait_s.mean", "wait mean"),
)
_PRODUCT_FIGURES: Final = (
    ("sold", "sold"),
    ("fill", "fill"),
    ("sold_out_at_s", "sold out at"),
    ("refused", "refused"),
)


def render_set(
    found: ReplicationSet,
    *,
    everything: bool = False,
    colour: bool,
    unicode: bool = True,
    width: int = 100,
) -> str:
    """The summary in at most `MOST_LINES` lines, or all of it; it ends without a line break."""
    look = Look(colour, unicode)
    parts = [_headline(found, look, width), *_warnings(found, look, width)]
    if found.finished:
        table = [_threshold(item, found, look) for item in sorted(found.thresholds, key=_is_kept)]
        parts += [checks_of(table, found.audit, look, width, everything=everything)]
        parts += [_figures(found, look, everything=everything)]
        parts += [] if everything else [_phases(found, look), _stock(found, look)]
        parts += [_bottleneck(found, look, width)]
    return "\n".join(fitted(parts, None if everything else MOST_LINES, look))


def _headline(found: ReplicationSet, look: Look, width: int) -> Section:
    between = f" {look.sign('and')} "
    name = look.foreign(found.scenario.name)
    what = [found.runtime, f"seed {found.seed}", f"stocksim {found.version}"]
    lines = [look.paint("strong", name) + look.cut(between + between.join(what), width)]
    if found.scenario.overrides:
        changes = [f"{key}={value}" for key, value in found.scenario.overrides.items()]
        lines.append(look.cut(look.foreign(f"with {', '.join(changes)}", 2 * width), width))
    simulated = span(sum(one.simulated_s for one in found.each))
    facts = [
        f"{_of(found.finished, found.replications)} replication{_plural(found.replications)}",
        f"{number(sum(one.placed for one in found.each))} orders",
        f"{simulated} simulated in {span(found.time.wall_s)}",
    ]
    return Section(head=[*lines, look.cut(between.join(facts), width), _verdict(found, look)])


def _of(part: int, whole: int) -> str:
    return number(whole) if part == whole else f"{number(part)} of {number(whole)}"


def _plural(count: int) -> str:
    return "" if count == 1 else "s"


def _share(count: int, found: ReplicationSet) -> str:
    """How many of the replications."""
    if count == found.finished:
        return f"all {number(count)}"
    return f"{number(count)} of {number(found.finished)}"


def _verdict(found: ReplicationSet, look: Look) -> str:
    total = len(found.thresholds)
    failed = sum(not item.ok for item in found.thresholds)
    broken = sum(not item.ok for item in found.audit.checks)
    kept = f"{total} of {total} thresholds kept" if total else "no thresholds set"
    reasons = [
        f"{failed} of {total} thresholds failed" if failed else kept,
        "audit holds in each replication" if found.audit.ok else f"{broken} audit laws broken",
    ]
    if not found.finished:
        reasons = ["no replication finished"]
    if found.crashes:
        reasons.append(f"{number(found.crashes)} handlers raised: see the log")
    if found.interrupted:
        reasons.append("interrupted")
    if found.exit_code:
        reasons.append(f"exit {found.exit_code}")
    return f"{verdict_word(found.exit_code, look)}  {', '.join(reasons)}"


def _warnings(found: ReplicationSet, look: Look, width: int) -> list[Section]:
    lines: list[str] = []
    for warning in found.warnings:
        text = look.foreign(warning.replace("±", look.sign("off")), _WARNING_LENGTH)
        first, *rest = wrap(text, width - len(_WARNING))
        lines.append(look.paint("warn", _WARNING) + first)
        lines += [f"{'':{len(_WARNING)}}{line}" for line in rest]
    return [Section(head=[], rows=lines)] if lines else []


def _is_kept(item: SetThreshold) -> bool:
    return item.ok


def _threshold(item: SetThreshold, found: ReplicationSet, look: Look) -> list[str]:
    actual = item.actual
    if actual is None:
        actual = f"no sample in {_share(found.finished - item.value.n, found)}"
    elif item.half_width is not None:
        actual += f" {look.sign('off')}{item.half_width}"
    alone = len(item.failed_in)
    apart = f", alone failed in {alone} of {found.finished}" if 0 < alone < found.finished else ""
    tone: Tone = "warn" if item.undecided else "good" if item.ok else "bad"
    return [
        verdict(look, ok=item.ok),
        look.foreign(item.expression),
        look.paint(tone, actual) + apart,
    ]


def _figures(found: ReplicationSet, look: Look, *, everything: bool) -> Section:
    """The headline figures, or every one that is not zero throughout."""
    if everything:
        shown = {name: figure for name, figure in found.figures.items() if figure.max}
    else:
        shown = {name: found.figures[name] for name in HEADLINES if found.figures[name].max}
    header = ["FIGURES", "mean", "95 %", "", "min", "max", ""]
    rows = [
        [f"  {look.foreign(name)}", *cells(figure, name, found.finished, look)]
        for name, figure in shown.items()
    ]
    first, *lines = aligned("lrrrrrl", [header, *rows])
    return Section(
        head=[titled(first, "FIGURES", look)],
        rows=[
            look.paint("warn", line) if _is_wide(figure) else line
            for line, figure in zip(lines, shown.values(), strict=True)
        ],
        noun="figures",
    )


def _is_wide(figure: Estimate) -> bool:
    return figure.relative is not None and figure.relative > PRECISE


def _phases(found: ReplicationSet, look: Look) -> Section:
    """The phases in their order, then all orders together."""
    rows = [_row(f"phases.{name}.", name, _PHASE_FIGURES, found, look) for name in _names(found)]
    total = _row("", "total", _PHASE_FIGURES, found, look)
    header = ["ORDERS", *(title for _, title in _PHASE_FIGURES)]
    first, *lines = aligned("lrrrrr", [header, *rows, total])
    return Section(
        head=[titled(first, "ORDERS", look)],
        rows=lines[:-1],
        foot=[look.paint("strong", lines[-1])],
        keep="ends",
        noun="phases",
    )


def _names(found: ReplicationSet) -> list[str]:
    return _between("phases.", f".{_PHASE_FIGURES[0][0]}", found)


def _between(before: str, after: str, found: ReplicationSet) -> list[str]:
    """What stands between the two in the names of figures: phases, or SKUs."""
    return [
        name.removeprefix(before).removesuffix(after)
        for name in found.figures
        if name.startswith(before) and name.endswith(after)
    ]


def _row(
    path: str,
    name: str,
    figures: Sequence[tuple[str, str]],
    found: ReplicationSet,
    look: Look,
) -> list[str]:
    means = [mean_of(found.figures[path + figure], figure, look) for figure, _ in figures]
    return [f"  {look.foreign(name, _NAME_WIDTH)}", *means]


def _stock(found: ReplicationSet, look: Look) -> Section:
    """The products that refused most orders, then the scarcest."""
    ranked = sorted(_between("products.", ".fill", found), key=lambda sku: _scarcity(sku, found))
    short = sum(_scarcity(sku, found) < (0.0, 1.0) for sku in ranked)
    shown = ranked[: min(_MOST_PRODUCTS, max(_FEWEST_PRODUCTS, short))]
    rows = [_row(f"products.{sku}.", sku, _PRODUCT_FIGURES, found, look) for sku in shown]
    for row, sku in zip(rows, shown, strict=True):
        out = found.figures[f"products.{sku}.sold_out_at_s"].n
        row.append(f"in {_share(out, found)}" if out else "")
    header = ["STOCK", *(title for _, title in _PRODUCT_FIGURES), ""]
    first, *lines = aligned("lrrrrl", [header, *rows])
    return Section(
        head=[titled(first, "STOCK", look)],
        rows=lines,
        more=len(ranked) - len(shown),
        noun="products",
    )


def _scarcity(sku: str, found: ReplicationSet) -> tuple[float, float]:
    refused = found.figures[f"products.{sku}.refused"].mean or 0.0
    fill = found.figures[f"products.{sku}.fill"].mean
    return -refused, 1.0 if fill is None else fill


def _bottleneck(found: ReplicationSet, look: Look, width: int) -> Section:
    servers = [
        f"{look.foreign(actor)} in {_share(count, found)}"
        for actor, count in found.bottlenecks.items()
    ]
    text = look.cut(f"{', '.join(servers)} replication{_plural(found.finished)}", width - 12)
    return Section(head=[f"{look.paint('strong', 'BOTTLENECK')}  {text}"])
