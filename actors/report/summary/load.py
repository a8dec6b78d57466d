"""The load: the bottleneck, the processors and their line; a broker and a log, if there were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actors.report.layout import Section
from actors.report.summary.broker import broker_facts
from actors.report.summary.replay import invalid_orders, replay_facts
from actors.report.tables import number, share

if TYPE_CHECKING:
    from actors.measure.result import Result
    from actors.report.style import Look

__all__ = ["load"]


def load(result: Result, look: Look, width: int, *, everything: bool) -> Section:
    """The bottleneck, the processors and their line, and how a recorded log was read."""
    processors, queue = result.processors, result.processors.queue
    facts = [
        f"{number(processors.count)} at {share(processors.utilisation)}",
        f"queue mean {number(queue.mean)}, max {number(queue.max)}",
    ]
    if result.waited is not None:
        facts.append(f"{share(result.waited)} of orders waited")
    if result.throughput_per_s is not None:
        facts.append(f"{number(result.throughput_per_s)} orders/s done")
    actor = look.foreign(result.bottleneck.actor)
    lines = {
        "BOTTLENECK": f"{actor}, busy {share(result.bottleneck.busy)} of the time",
        "PROCESSORS": f" {look.sign('and')} ".join(facts),
    }
    if result.broker is not None:
        lines |= broker_facts(result.broker, look)
    invalid: list[str] = []
    if result.replay is not None:
        lines |= replay_facts(result.replay, look)
        invalid = invalid_orders(result.replay, look, width, everything=everything)
    facts = [
        look.paint("strong", f"{title:10}") + "  " + look.cut(text, width - 12)
        for title, text in lines.items()
    ]
    return Section(head=facts + invalid)
