"""What a broker and its workers did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actors.report.tables import number

if TYPE_CHECKING:
    from actors.measure.result import BrokerReport
    from actors.report.style import Look

__all__ = ["broker_facts"]


def broker_facts(broker: BrokerReport, look: Look) -> dict[str, str]:
    """The run's name at the broker, its shards, and what went over the broker, by title."""
    lost = f", {number(broker.lost)} lost" if broker.lost else ""
    facts = [
        f"{number(broker.joined)} workers{lost}",
        f"{number(broker.batches)} batches",
        f"{number(broker.redeliveries)} redeliveries",
        f"{number(broker.dead_letters)} dead letters",
        f"{number(broker.reconnects)} reconnects",
    ]
    shards = f"{number(broker.shards)} by product, in place of router.strategy {broker.strategy}"
    recovered = f", {number(broker.recovered)} orders settled before" if broker.recovered else ""
    return {
        "RUN": look.foreign(broker.run) + recovered,
        "SHARDS": shards,
        "BROKER": f" {look.sign('and')} ".join(facts),
    }
