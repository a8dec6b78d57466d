"""How many actors of each role there were, and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actors.report.layout import Section, titled
from actors.report.tables import aligned, number

if TYPE_CHECKING:
    from actors.measure.result import Result
    from actors.report.style import Look

__all__ = ["roles"]


def roles(result: Result, look: Look) -> Section:
    """Each role's actors and messages, which only a reader of everything wants."""
    header = ["ACTORS", "count", "messages", "longest mailbox"]
    rows = [
        [f"  {role}", number(item.count), number(item.messages), number(item.queue_max)]
        for role, item in result.actors.items()
    ]
    lines = aligned("lrrr", [header, *rows])
    counts = result.messages
    total = (
        f"  {number(counts.sent)} messages sent, {number(counts.handled)} handled, "
        f"{number(counts.dead_lettered)} dead-lettered"
    )
    return Section(head=[titled(lines[0], "ACTORS", look)], rows=lines[1:], foot=[total])
