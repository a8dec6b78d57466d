"""Shops simple enough for queueing theory, and what is measured in them, batch by batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from estimates import Batch

from actors import Result, Simulation, load_text
from actors.measure.result import Block, Phase
from actors.scenario.loader import LoadedScenario

__all__ = ["batches_of", "lost", "play", "shop", "times_in_system", "waited", "waits", "windows"]

AMPLE = 1_000_000_000

Total = Callable[[Block], float]


def windows(
    count: int, seconds: float, rate: float | None = None, name: str = "batch"
) -> dict[str, object]:
    """So many phases, one after another, of one length and one rate each."""
    phase = {"duration": f"{seconds}s"} | ({} if rate is None else {"rate": f"{rate}/s"})
    return {f"{name} {number}": phase for number in range(1, count + 1)}


def shop(
    clients: Mapping[str, Mapping[str, object]],
    *,
    servers: int = 1,
    service: str = "exponential 1s",
    products: int = 1,
    router: Mapping[str, object] | None = None,
) -> LoadedScenario:
    """A shop with ample stock and one queue."""
    scenario = {
        "stocksim": 1,
        "products": {f"P-{number}": {"stock": AMPLE} for number in range(1, products + 1)},
        "processors": {"count": servers, "service_time": service},
        "router": router or {},
        "clients": clients,
    }
    return load_text(json.dumps(scenario), name="simple shop")


def play(loaded: LoadedScenario, seeds: Iterable[int]) -> list[Result]:
    """The results of one run for each seed; each must pass its audit."""
    results = [Simulation(loaded, seed=seed).run() for seed in seeds]
    assert all(result.audit.ok for result in results)
    return results


def batches_of(results: Sequence[Result], total: Total, servers: int = 1) -> list[Batch]:
    """What is measured in every phase of every run."""
    return [
        Batch(total(phase), phase.orders.placed, _load(phase, servers))
        for result in results
        for phase in result.phases.values()
    ]


def _load(phase: Phase, servers: int) -> float:
    """The work that a phase's orders brought, as a share of what the servers can do in it."""
    return _sum(phase.service_s.mean, phase) / (servers * (phase.end_s - phase.start_s))


def _sum(mean: float | None, block: Block) -> float:
    return 0.0 if mean is None else mean * block.latency_s.count


def times_in_system(block: Block) -> float:
    """The sum of all times in the system, seconds."""
    return _sum(block.latency_s.mean, block)


def waits(block: Block) -> float:
    """The sum of all waits, seconds."""
    return _sum(block.wait_s.mean, block)


def waited(block: Block) -> float:
    """How many orders waited."""
    return _sum(block.waited, block)


def lost(block: Block) -> float:
    """How many orders found the queue full."""
    return block.orders.rejected_by.get("overloaded", 0)
