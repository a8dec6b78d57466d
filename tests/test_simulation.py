"""A simulation: made without starting anything, played once, with what a caller asked for."""

from __future__ import annotations

import gc
import threading

import pytest

from actors import Simulation, load_text
from actors.errors import RuntimeMisuse, UsageError
from actors.measure.listener import Listener
from actors.messages import Serve
from actors.testing import Mishaps

SHOP = """\
stocksim: 1
products: {TEA: {stock: 1000}}
processors: {count: 2, service_time: 10ms}
clients:
  web: {arrivals: even, phases: {day: {duration: 1s, rate: 100/s}}}
"""
KINDS = ["virtual", "threads", "pool"]


def simulation(kind: str = "virtual", **settings: object) -> Simulation:
    return Simulation(load_text(SHOP, name="shop"), runtime=kind, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_making_one_starts_no_thread_and_touches_no_collector(kind: str) -> None:
    threads, thresholds = threading.active_count(), gc.get_threshold()
    made = simulation(kind)
    assert threading.active_count() == threads
    assert gc.get_threshold() == thresholds
    assert made.progress() == (0.0, 0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_run_no_thread_is_left_and_the_collector_is_as_before(kind: str) -> None:
    before, thresholds, frozen = threading.enumerate(), gc.get_threshold(), gc.get_freeze_count()
    result = simulation(kind).run()
    assert result.orders.fulfilled == 100
    left = [thread for thread in threading.enumerate() if thread not in before]
    assert left == []
    assert (gc.get_threshold(), gc.get_freeze_count()) == (thresholds, frozen)


def test_a_simulation_is_played_once() -> None:
    made = simulation()
    made.run()
    with pytest.raises(RuntimeMisuse, match="played once"):
        made.run()


@pytest.mark.parametrize("kind", KINDS)
def test_as_a_context_manager_its_actors_can_be_looked_at_before_and_after(kind: str) -> None:
    with simulation(kind) as made:
        assert made.progress().placed == 0
        assert [shelf.sku for shelf in made.participants.inventories] == ["TEA"]
        made.run()
        assert made.progress().finished == 100
    assert not made.participants.router.actor_ref.is_alive()


def test_a_block_that_is_left_without_a_run_stops_what_was_made() -> None:
    before = threading.active_count()
    with simulation("threads") as made:
        assert threading.active_count() > before
    assert threading.active_count() == before
    assert not made.participants.router.actor_ref.is_alive()


def test_a_runtime_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="no runtime is called 'magic'"):
        simulation("magic")


def test_a_listener_hears_what_the_meters_measure() -> None:
    class Series(Listener):
        def __init__(self) -> None:
            self.levels: list[tuple[str, float, int]] = []
            self.busy_s = 0.0

        def level(self, name: str, now: float, level: int) -> None:
            self.levels.append((name, now, level))

        def busy(self, name: str, start: float, end: float) -> None:  # noqa: ARG002
            self.busy_s += end - start

    series = Series()
    text = SHOP.replace("count: 2, service_time: 10ms", "service_time: 30ms")
    result = Simulation(load_text(text, name="shop"), listeners=[series]).run()
    assert max(level for _, _, level in series.levels) == result.processors.queue.max
    assert series.busy_s == pytest.approx(result.processors.utilisation * result.simulated_s)


def test_the_audit_finds_an_order_that_was_lost_on_its_way() -> None:
    mishaps = Mishaps()
    mishaps.drop("processor/1", Serve, nth=7)
    result = simulation(interceptor=mishaps).run()
    assert not result.audit.ok
    assert result.exit_code == 98
    [lost] = mishaps.happened
    assert isinstance(lost, Serve)
    assert any(lost.order.id in check.detail for check in result.audit.checks)
