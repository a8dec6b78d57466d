"""stocksim: play an order pipeline with real actors and get a verdict you can trust.

client ──JSON──▶ router ──▶ processor ──▶ inventory      one inventory per product,
                   │            │                         its stock and its lock
                   └────────────┴──────▶ collector        every order's end

from actors import Simulation, load_scenario
result = Simulation(load_scenario("scenarios/peak_load.yaml")).run()
print(result.orders.fulfilled, result.audit.ok)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from actors.common.compiled import prefer_twins

if TYPE_CHECKING:
    from actors.errors import ScenarioError, StocksimError, UsageError
    from actors.measure.result import Result, to_json
    from actors.ref import Ref
    from actors.runtime.actor import Actor, receives
    from actors.runtime.pool import PoolRuntime
    from actors.runtime.threads import ThreadsRuntime
    from actors.runtime.virtual import VirtualRuntime
    from actors.scenario.loader import load_scenario, load_text
    from actors.simulation import Cast, Simulation
    from actors.study.replications import replicate

__all__ = [
    "Actor",
    "Cast",
    "PoolRuntime",
    "Ref",
    "Result",
    "ScenarioError",
    "Simulation",
    "StocksimError",
    "ThreadsRuntime",
    "UsageError",
    "VirtualRuntime",
    "load_scenario",
    "load_text",
    "receives",
    "replicate",
    "to_json",
]

prefer_twins()

# Imported at their first use, so that `stocksim --help` need not wait for pydantic.
_HOMES = {
    "Actor": "actors.runtime.actor",
    "Cast": "actors.simulation",
    "PoolRuntime": "actors.runtime.pool",
    "Ref": "actors.ref",
    "Result": "actors.measure.result",
    "ScenarioError": "actors.errors",
    "Simulation": "actors.simulation",
    "StocksimError": "actors.errors",
    "ThreadsRuntime": "actors.runtime.threads",
    "UsageError": "actors.errors",
    "VirtualRuntime": "actors.runtime.virtual",
    "load_scenario": "actors.scenario.loader",
    "load_text": "actors.scenario.loader",
    "receives": "actors.runtime.actor",
    "replicate": "actors.study.replications",
    "to_json": "actors.measure.result",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
