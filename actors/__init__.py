"""stocksim: play an order pipeline with real actors and get a verdict you can trust.

client ──JSON──▶ router ──▶ processor ──▶ inventory      one inventory per product,
                   │            │                         its stock and its lock
                   └────────────┴──────▶ collector        every order's end

from actors import Simulation, load_scenario
result = Simulation(load_scenario("scenarios/peak_load.yaml")).run()
print(result.orders.fulfilled, result.audit.ok)
"""

from __future__ import annotations

from actors.errors import ScenarioError, StocksimError, UsageError
from actors.measure.result import Result, to_json
from actors.runtime.actor import Actor, receives
from actors.runtime.threads import ThreadsRuntime
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.loader import load_scenario, load_text
from actors.simulation import Cast, Simulation
from actors.version import VERSION

__all__ = [
    "VERSION",
    "Actor",
    "Cast",
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
    "to_json",
]
