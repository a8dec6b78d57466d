"""What many actors cost: to start, to have, to stop.

`measure_crowd` plays a shop of many products, an inventory actor each, in virtual time, with
orders or without. `measure_errands` has a runtime start bare actors, sends each a message, and
stops them.
"""

from __future__ import annotations

import time

import msgspec

from actors import Simulation, load_text
from actors.messages import Message
from actors.runtime.actor import Actor, receives
from actors.simulation import RUNTIMES
from benchmarks.memory import resident_bytes
from benchmarks.shop import PROCESSORS, RATE, SERVICE_S, STOCK

__all__ = ["Crowd", "Errands", "measure_crowd", "measure_errands"]

SCENARIO = """
stocksim: 1
products: {{P-{first}..{last}: {{stock: {stock}}}}}
processors: {{count: {processors}, service_time: exponential {service}s}}
clients:
  web:
    arrivals: even
    phases: {{all: {{duration: {duration:.0f}s, rate: {rate}/s}}}}
"""


class Crowd(msgspec.Struct, frozen=True):
    """A run with many products.

    Attributes:
        products: inventory actors.
        orders: that were played.
        load_s: real time from the scenario's text to its model.
        start_s: real time to make all actors.
        end_s: real time of the run: orders, stopping, audit and result.
        end_cpu_s: the same in CPU time.
        grown_bytes: what making the actors added to the resident set.
    """

    products: int
    orders: int
    load_s: float
    start_s: float
    end_s: float
    end_cpu_s: float
    grown_bytes: int

    @property
    def actor_bytes(self) -> float:
        """Resident bytes an actor."""
        return self.grown_bytes / self.products


class Errands(msgspec.Struct, frozen=True):
    """Bare actors with a message each: real time to start them, run and stop."""

    actors: int
    start_s: float
    run_s: float
    stop_s: float

    @property
    def all_s(self) -> float:
        """From the first actor's start to the last one's stop."""
        return self.start_s + self.run_s + self.stop_s


def measure_crowd(products: int, orders: int) -> Crowd:
    """Play a shop of so many products; the orders ask for all of them alike.

    Raises:
        OSError: the system has no /proc.
        RuntimeError: the audit found a mistake.
    """
    width = len(str(products))
    text = SCENARIO.format(
        first="1".zfill(width),
        last=products,
        stock=STOCK,
        processors=PROCESSORS,
        service=SERVICE_S,
        duration=max(1.0, orders / RATE),
        rate=RATE if orders else 0,
    )
    began = time.perf_counter()
    loaded = load_text(text, name="crowd")
    loaded_at, before = time.perf_counter(), resident_bytes()
    simulation = Simulation(loaded, runtime="virtual")
    simulation.open()
    started_at, after = time.perf_counter(), resident_bytes()
    cpu = time.process_time()
    result = simulation.run()
    ended_at, cpu_s = time.perf_counter(), time.process_time() - cpu
    if not result.audit.ok:
        raise RuntimeError("the audit found a mistake: such a run has no speed worth knowing")
    return Crowd(
        products,
        result.orders.placed,
        load_s=loaded_at - began,
        start_s=started_at - loaded_at,
        end_s=ended_at - started_at,
        end_cpu_s=cpu_s,
        grown_bytes=after - before,
    )


class Errand(Message, frozen=True):
    """Something to do."""


class Errander(Actor[Errand]):
    """Does one errand."""

    done = 0

    @receives(Errand)
    def do(self, _errand: Errand) -> None:
        """Count it."""
        self.done += 1


def measure_errands(kind: str, actors: int) -> Errands:
    """Start so many actors on a runtime, send each a message, stop them.

    Raises:
        RuntimeError: not every actor did its errand.
    """
    began = time.perf_counter()
    runtime = RUNTIMES[kind]()
    refs = [runtime.spawn(f"errander/{number}", Errander) for number in range(actors)]
    runtime.start()
    started = time.perf_counter()
    for ref in refs:
        ref.tell(Errand())
    runtime.run()
    ran = time.perf_counter()
    runtime.stop()
    stopped = time.perf_counter()
    erranders = (runtime.actor(ref.name) for ref in refs)
    if sum(one.done for one in erranders if isinstance(one, Errander)) != actors:
        raise RuntimeError("not every actor did its errand")
    return Errands(actors, started - began, ran - started, stopped - ran)
