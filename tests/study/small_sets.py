"""Scenarios that are over in milliseconds, and what tests compare of sets of them."""

from __future__ import annotations

from typing import Final

import msgspec

from actors import Result, Simulation, load_text, to_json
from actors.scenario.loader import LoadedScenario
from actors.study.document import ReplicationSet

__all__ = ["SHOP", "STUCK", "loaded_shop", "results", "timeless"]

SHOP: Final = """\
stocksim: 1
name: shop
seed: 5
products: {TEA: {stock: 40}, RUM: {stock: 900}}
processors: {count: 2, service_time: exponential 100ms}
clients: {web: {count: 2, phases: {day: {duration: 20s, rate: 10/s}}}}
thresholds: [latency p99 < 10s, rejected < 99%]
"""

# Hours of work for any machine: whoever plays it has to be stopped.
STUCK: Final = SHOP.replace("rate: 10/s", "rate: 300/s").replace("20s", "30d")


def loaded_shop(*overrides: str) -> LoadedScenario:
    """The shop, with changes."""
    return load_text(SHOP, name="shop", overrides=overrides)


def results(loaded: LoadedScenario, count: int) -> list[Result]:
    """So many replications, played here, as they come back from a worker."""
    played = [Simulation(loaded, replication=number).run() for number in range(count)]
    return [msgspec.json.decode(to_json(result), type=Result) for result in played]


def timeless(found: ReplicationSet) -> bytes:
    """The set's document without the one part that may differ."""
    return to_json(msgspec.structs.replace(found, time=None))
