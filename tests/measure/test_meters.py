from __future__ import annotations

import io
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors import Simulation, load_text
from actors.measure.meters import BusyTime, Level, Meters
from actors.runtime.actor import Actor, receives
from actors.testing import Stage


def test_a_level_is_weighted_by_how_long_it_lasted() -> None:
    level = Level()
    level.change(1.0, 4)
    level.change(3.0, 1)
    assert level.mean(5.0) == (0 * 1 + 4 * 2 + 1 * 2) / 5
    assert level.largest(5.0) == 4


def test_a_mean_may_be_asked_for_again_later() -> None:
    level = Level()
    level.change(0.0, 2)
    assert level.mean(1.0) == 2
    level.change(2.0, 0)
    assert level.mean(4.0) == 1


def test_before_anything_could_be_measured_the_mean_is_zero() -> None:
    assert Level().mean(0.0) == 0.0
    assert Level(5.0).mean(4.0) == 0.0


def test_what_happens_in_the_warm_up_is_not_averaged() -> None:
    level = Level(10.0)
    level.change(1.0, 100)
    level.change(9.0, 3)  # still there when the warm-up ends
    level.change(12.0, 0)
    assert level.mean(14.0) == 3 * 2 / 4
    assert level.largest(14.0) == 3


def test_a_peak_before_the_warm_up_ends_is_no_maximum() -> None:
    level = Level(10.0)
    level.change(9.0, 100)
    level.change(10.0, 2)  # gone at the very moment at which measuring begins
    level.change(11.0, 5)
    level.change(12.0, 0)
    assert level.largest(12.0) == 5


def test_a_level_that_stands_when_the_warm_up_ends_is_a_maximum() -> None:
    standing = Level(10.0)
    standing.change(1.0, 7)
    standing.change(11.0, 3)
    assert standing.largest(12.0) == 7
    unmoved = Level(10.0)
    unmoved.change(1.0, 7)  # nothing happens afterwards, and it is still there
    assert unmoved.largest(9.0) == 0
    assert unmoved.largest(12.0) == 7


def test_a_peak_of_no_length_counts_from_the_end_of_the_warm_up_on() -> None:
    level = Level(10.0)
    for value in (1, 9, 2):
        level.change(10.0, value)
    assert level.largest(10.0) == 9


def test_asking_for_the_maximum_changes_no_mean() -> None:
    level = Level(1.0)
    level.change(0.5, 4)
    level.change(2.0, 1)
    assert level.largest(3.0) == 4
    assert level.mean(3.0) == (4 * 1 + 1 * 1) / 2


def test_several_changes_of_one_moment_count_for_no_time() -> None:
    level = Level()
    for value in (1, 9, 2):
        level.change(1.0, value)
    assert level.mean(2.0) == 1.0
    assert level.largest(2.0) == 9


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [(0.0, 1.0, 0.0), (9.0, 11.0, 1.0), (10.0, 12.0, 2.0), (11.0, 11.5, 0.5), (0.0, 10.0, 0.0)],
)
def test_being_busy_counts_from_the_end_of_the_warm_up(
    start: float, end: float, counted: float
) -> None:
    busy = BusyTime(10.0)
    busy.add(start, end)
    assert busy.total == counted


def test_utilisation_is_the_busy_share_of_the_measured_time() -> None:
    busy = BusyTime(2.0)
    busy.add(1.0, 3.0)
    busy.add(5.0, 6.0)
    assert busy.share(10.0) == 2.0 / 8.0
    assert busy.share(2.0) == 0.0
    from_the_start = BusyTime()
    from_the_start.add(0.0, 0.25)
    assert from_the_start.share(0.5) == 0.5


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(0, 10))
def test_the_average_is_the_mean_of_the_seconds(levels: list[int], warm_up: int) -> None:
    average = Level(float(warm_up))
    for second, level in enumerate(levels):
        average.change(float(second), level)
    measured = levels[warm_up:]
    expected = sum(measured) / len(measured) if measured else 0.0
    assert average.mean(float(len(levels))) == pytest.approx(expected)


steps = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=20)


@given(steps, st.integers(0, 20), st.integers(0, 5))
def test_the_maximum_is_that_of_the_levels_which_stood_or_came_since_the_warm_up(
    steps: list[tuple[int, int]], warm_up: int, rest: int
) -> None:
    average, now, level, levels = Level(float(warm_up)), 0, 0, [0]
    for wait, value in steps:
        if wait and now + wait > warm_up:
            levels.append(level)  # it stood for a while of what is measured
        now, level = now + wait, value
        average.change(float(now), level)
        if now >= warm_up:
            levels.append(level)
    if now + rest >= warm_up:
        levels.append(level)
    assert average.largest(float(now + rest)) == max(levels)


# The meters of a run.


class Hearing:
    """Remembers all that it hears."""

    def __init__(self) -> None:
        self.levels: list[tuple[str, float, int]] = []
        self.stretches: list[tuple[str, float, float]] = []

    def level(self, name: str, now: float, level: int) -> None:
        self.levels.append((name, now, level))

    def busy(self, name: str, start: float, end: float) -> None:
        self.stretches.append((name, start, end))


def test_a_meter_is_made_once_and_known_by_its_name() -> None:
    meters = Meters()
    assert meters.level("router") is meters.level("router")
    assert meters.level("router") is not meters.level("gate")
    assert meters.busy("processor/1") is meters.busy("processor/1")
    assert meters.busy("processor/1") is not meters.busy("processor/2")


def test_a_level_and_a_busy_time_may_have_the_same_name() -> None:
    meters = Meters()
    meters.level("router").change(0.0, 2)
    meters.busy("router").add(0.0, 3.0)
    assert (meters.level("router").mean(4.0), meters.busy("router").share(4.0)) == (2.0, 0.75)


def test_a_meter_that_nothing_was_told_to_shows_nothing() -> None:
    meters = Meters()
    assert (meters.level("router").mean(9.0), meters.level("router").largest(9.0)) == (0.0, 0)
    assert (meters.busy("a").total, meters.busy("a").share(9.0)) == (0.0, 0.0)


def test_all_meters_begin_when_the_warm_up_ends() -> None:
    meters = Meters(10.0)
    meters.level("router").change(8.0, 4)
    meters.busy("processor/1").add(8.0, 12.0)
    assert meters.level("router").mean(12.0) == 4.0
    assert meters.busy("processor/1").total == 2.0


def test_listeners_hear_of_every_change_by_name_as_it_happens() -> None:
    first, second = Hearing(), Hearing()
    meters = Meters(listeners=[first, second])
    meters.level("router").change(1.0, 3)
    assert first.levels == [("router", 1.0, 3)]
    meters.level("router").change(2.0, 3)  # they hear it though it is the same
    meters.busy("processor/1").add(0.5, 2.5)
    meters.level("gate").change(2.0, 1)
    assert first.levels == [("router", 1.0, 3), ("router", 2.0, 3), ("gate", 2.0, 1)]
    assert first.stretches == [("processor/1", 0.5, 2.5)]
    assert (second.levels, second.stretches) == (first.levels, first.stretches)


def test_listeners_hear_of_the_warm_up_too_in_full() -> None:
    hearing = Hearing()
    meters = Meters(10.0, [hearing])
    meters.level("router").change(1.0, 3)
    meters.busy("processor/1").add(2.0, 12.0)
    assert hearing.levels == [("router", 1.0, 3)]
    assert hearing.stretches == [("processor/1", 2.0, 12.0)]
    assert meters.busy("processor/1").total == 2.0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=20), st.booleans())
def test_whoever_listens_changes_no_figure(steps: list[tuple[int, int]], warm: bool) -> None:
    plain, heard = (Meters(5.0 if warm else 0.0, who) for who in ((), (Hearing(),)))
    for meters in (plain, heard):
        now = 0.0
        for wait, level in steps:
            meters.busy("p").add(now, now + wait)
            now += wait
            meters.level("q").change(now, level)
    assert plain.level("q").mean(99.0) == heard.level("q").mean(99.0)
    assert plain.level("q").largest(99.0) == heard.level("q").largest(99.0)
    assert plain.busy("p").total == heard.busy("p").total


class Worker(Actor[float]):
    """Is busy for a second at every message."""

    def __init__(self, busy: BusyTime) -> None:
        super().__init__()
        self.busy = busy
        self.served = 0

    @receives(float)
    def work(self, _moment: float) -> None:
        self.served += 1
        self.busy.add(self.now, self.now + 1.0)


def test_a_meter_outlives_a_restart_of_its_actor() -> None:
    stage, meters = Stage(), Meters()
    worker = stage.spawn("worker", partial(Worker, meters.busy("worker")))
    stage.tell("worker", 0.0)
    stage.play()
    stage.runtime.restart(worker.actor_ref)
    stage.tell("worker", 0.0)
    stage.play()
    again = stage.runtime.actor("worker")
    assert again is not worker
    assert isinstance(again, Worker)
    assert (worker.served, again.served) == (1, 1)
    assert meters.busy("worker").total == 2.0
    stage.close()


# In a run.

SHOP = """
stocksim: 1
warm_up: 1s
products: {A: {stock: 1000}, B: {stock: 1000}}
processors: {count: 2, service_time: uniform 20ms..40ms}
inventory: {service_time: 5ms}
clients: {web: {phases: {day: {duration: 5s, rate: 50/s}}, orders: {lines: 1..2}}}
"""


def test_the_figures_of_a_run_are_those_of_its_meters() -> None:
    with Simulation(load_text(SHOP, name="shop")) as simulation:
        result = simulation.run()
        meters, now = simulation.participants.meters, simulation.runtime.now
    loads = [meters.busy(f"processor/{number}").share(now) for number in (1, 2)]
    assert [load.utilisation for load in result.processors.each] == loads
    assert min(loads) > 0
    queue = meters.level("router")
    assert (result.processors.queue.mean, result.processors.queue.max) == (
        queue.mean(now),
        queue.largest(now),
    )
    assert meters.busy("inventory/A").share(now) > 0


def test_a_listener_of_a_run_hears_what_the_figures_are_made_of() -> None:
    hearing = Hearing()
    simulation = Simulation(load_text(SHOP, name="shop"), listeners=[hearing])
    result = simulation.run()
    now = result.simulated_s
    queue, busy = Level(1.0), {f"processor/{number}": BusyTime(1.0) for number in (1, 2)}
    for name, when, level in hearing.levels:
        assert name == "router"
        queue.change(when, level)
    for name, start, end in hearing.stretches:
        if name in busy:
            busy[name].add(start, end)
    assert result.processors.queue.max == queue.largest(now) > 0
    assert result.processors.queue.mean == queue.mean(now)
    assert [each.utilisation for each in result.processors.each] == [
        meter.share(now) for meter in busy.values()
    ]
    assert {name for name, _, _ in hearing.stretches} == {*busy, "inventory/A", "inventory/B"}


def test_a_run_that_is_listened_to_has_the_same_records() -> None:
    def records(*listeners: Hearing) -> bytes:
        file = io.BytesIO()
        Simulation(load_text(SHOP, name="shop"), records=file, listeners=listeners).run()
        return file.getvalue()

    assert records() == records(Hearing())
