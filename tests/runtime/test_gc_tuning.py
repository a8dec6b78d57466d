"""The garbage collector is left as it was found, and runs that have ended are forgotten."""

from __future__ import annotations

import gc
import weakref

import pytest

from actors.runtime.gc_tuning import rare_collections
from actors.scenario.loader import load_text
from actors.simulation import Simulation

SHOP = """\
stocksim: 1
products: {A-1..100: {stock: 50}}
processors: {service_time: 10ms}
clients: {web: {count: 100, phases: {day: {duration: 1s, rate: 5/s}}}}
"""


def test_who_plays_many_runs_does_not_keep_them_all() -> None:
    loaded = load_text(SHOP, name="shop")
    runtimes = []
    for seed in range(150):
        simulation = Simulation(loaded, seed=seed)
        simulation.run()
        runtimes.append(weakref.ref(simulation.runtime))
    del simulation
    alive = sum(runtime() is not None for runtime in runtimes)
    assert alive < 100


def test_the_collector_is_set_back_even_if_a_run_breaks() -> None:
    before = gc.get_threshold()

    def break_off() -> None:
        with rare_collections():
            assert gc.get_threshold() != before
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_what_the_host_has_frozen_stays_frozen() -> None:
    gc.freeze()
    try:
        with rare_collections():
            assert gc.get_freeze_count() > 0
        assert gc.get_freeze_count() > 0  # not to the object: what is frozen may still die
    finally:
        gc.unfreeze()
