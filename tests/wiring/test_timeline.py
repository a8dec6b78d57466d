"""Cues of a run: at their moments, on every runtime, and no longer than the run."""

from __future__ import annotations

import pytest

from actors import Simulation, load_text
from actors.runtime.base import Runtime
from actors.wiring.timeline import Cue

SHOP = """\
stocksim: 1
products: {TEA: {stock: 1000}}
processors: {count: 2, service_time: 10ms}
clients:
  web: {arrivals: even, phases: {day: {duration: 1s, rate: 100/s}}}
"""


def test_a_cue_is_given_at_its_moment() -> None:
    moments: list[float] = []
    cues = [Cue(at, lambda runtime: moments.append(runtime.now)) for at in (0.7, 0.25)]
    result = Simulation(load_text(SHOP, name="shop"), cues=cues).run()
    assert moments == [0.25, 0.7]
    assert result.audit.ok


def test_a_cue_does_not_hold_a_run_open() -> None:
    given: list[float] = []
    cue = Cue(3600.0, lambda runtime: given.append(runtime.now))
    result = Simulation(load_text(SHOP, name="shop"), cues=[cue]).run()
    assert given == []
    assert result.simulated_s < 2.0


@pytest.mark.parametrize("kind", ["virtual", "threads", "pool"])
def test_processors_that_are_paused_by_a_cue_serve_after_the_next(kind: str) -> None:
    def pause(runtime: Runtime) -> None:
        for number in (1, 2):
            runtime.pause(runtime.ref(f"processor/{number}"))

    def resume(runtime: Runtime) -> None:
        for number in (1, 2):
            runtime.resume(runtime.ref(f"processor/{number}"))

    cues = [Cue(0.2, pause), Cue(0.6, resume)]
    result = Simulation(load_text(SHOP, name="shop"), runtime=kind, cues=cues).run()
    assert result.orders.fulfilled == 100
    assert result.latency_s.max is not None
    assert 0.3 < result.latency_s.max < 1.5
    assert result.audit.ok, result.audit


def test_a_cue_that_raises_is_a_crash_of_the_run() -> None:
    def raising(_runtime: Runtime) -> None:
        raise ValueError("no such thing")

    result = Simulation(load_text(SHOP, name="shop"), cues=[Cue(0.5, raising)]).run()
    assert result.crashes == 1
    assert result.exit_code == 1
    assert result.orders.fulfilled == 100
