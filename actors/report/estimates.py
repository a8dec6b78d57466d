"""A mean and how far it may be off, as people read it: `435ms ±12ms`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actors.report.tables import number, share, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from actors.report.style import Look
    from actors.study.estimate import Estimate

__all__ = ["cells", "mean_of", "reader"]

_SHARES: Final = frozenset({"waited", "utilisation", "fill", "busy"})
_TIMES: Final = ("latency_s", "wait_s", "service_s")


def reader(name: str) -> Callable[[float | None], str]:
    """How the values of a figure are written, by the figure's name."""
    *path, last = name.split(".")
    if last != "count" and (last.endswith("_s") or (path and path[-1] in _TIMES)):
        return number_or_dash if last.endswith("_per_s") else span
    return share if last in _SHARES or "shares" in path[-1:] else number_or_dash


def number_or_dash(value: float | None) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else number(value)


def mean_of(figure: Estimate, name: str, look: Look) -> str:
    """The mean and its half-width, if there is one; a constant has none to speak of."""
    show = reader(name)
    if not figure.half_width:
        return show(figure.mean)
    return f"{show(figure.mean)} {look.sign('off')}{show(figure.half_width)}"


def cells(figure: Estimate, name: str, replications: int, look: Look) -> list[str]:
    """Mean, half-width, the same in percent, least, most, and in how many replications."""
    show, off = reader(name), look.sign("off")
    relative = figure.relative
    return [
        show(figure.mean),
        "" if figure.half_width is None else off + show(figure.half_width),
        "" if relative is None or relative > 1 else f"{off}{relative:.1%}",
        show(figure.min),
        show(figure.max),
        "" if figure.n == replications else f"in {figure.n} of {replications}",
    ]
