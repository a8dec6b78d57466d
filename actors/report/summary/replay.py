"""How a recorded log was read, and which of its orders were none."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from actors.report.tables import number

if TYPE_CHECKING:
    from actors.measure.result import ReplayReport
    from actors.report.style import Look

__all__ = ["invalid_orders", "replay_facts"]

_NAME_WIDTH: Final = 18
_WORST: Final = 3
_WORDS_LENGTH: Final = 240


def replay_facts(replay: ReplayReport, look: Look) -> dict[str, str]:
    """Rows read, rows refused and orders invalid, by title."""
    read = f"{number(replay.rows)} rows read as {number(replay.orders)} orders"
    made = f", {number(replay.made_products)} products made" if replay.made_products else ""
    rows = _counted(replay.refused_rows, "row") if replay.refused_rows else "no row"
    first = ", ".join(
        f"line {row.line} ({look.foreign(row.why)})" for row in replay.refused[:_WORST]
    )
    lines = {"REPLAY": read + made, "REFUSED": f"{rows}: {first}" if first else rows}
    if replay.invalid_orders:
        lines["INVALID"] = _counted(replay.invalid_orders, "order")
    return lines


def invalid_orders(replay: ReplayReport, look: Look, width: int, *, everything: bool) -> list[str]:
    """The first invalid orders of a log: what the router said, and what the log shows of it."""
    shown = replay.invalid if everything else replay.invalid[:_WORST]
    lines: list[str] = []
    for told in shown:
        name = look.foreign(told.order, _NAME_WIDTH)
        words = told.why if told.note is None else f"{told.why}: {told.note}"
        text = f"line {told.line}  {name}  {look.foreign(words, _WORDS_LENGTH)}"
        lines += wrap(text, width, initial_indent="  ", subsequent_indent=f"{'':12}")
    more = replay.invalid_orders - len(shown)
    note = f"  {look.sign('cut')} {_counted(more, 'more invalid order')}"
    if more:
        lines.append(look.paint("quiet", note + ("" if everything else " (-v shows all)")))
    return [look.cut(line, width) for line in lines]


def _counted(count: int, noun: str) -> str:
    return f"{number(count)} {noun}" + ("" if count == 1 else "s")
