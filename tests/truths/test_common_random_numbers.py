"""An order carries its luck: what chance decides about it is the same in another shop.

So two designs are compared on the same customers with the same orders that take the same time, and
the difference between the designs is not drowned in that between the customers.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from statistics import correlation, stdev

import msgspec
import pytest

from actors.measure.records import OrderRecord
from actors.scenario.loader import load_text
from actors.simulation import Simulation

pytestmark = pytest.mark.slow  # the figures of many runs

SHOP = """\
stocksim: 1
products: {A: {stock: 1000000}, B: {stock: 1000000}, C: {stock: 1000000}}
processors: {count: 2, service_time: exponential 1s}
clients:
  web:
    count: 7
    phases: {day: {duration: 1000s, rate: 1.5/s}}
    orders: {lines: 1..3}
"""


def records(*overrides: str) -> Mapping[str, OrderRecord]:
    """Every order of the shop, changed so, by its id."""
    file = io.BytesIO()
    Simulation(load_text(SHOP, name="shop", overrides=overrides), records=file).run()
    lines = file.getvalue().splitlines()
    return {
        record.id: record for record in (msgspec.json.decode(x, type=OrderRecord) for x in lines)
    }


def service(record: OrderRecord) -> float:
    """How long a processor was busy with an order, in seconds."""
    assert record.started_s is not None
    return record.finished_s - record.started_s


@pytest.mark.parametrize("change", ["processors.count=3", "router.strategy=round_robin"])
@pytest.mark.parametrize(
    "time", ["exponential 1s", "lognormal 1s 2", "gamma 1s 0.5", "gamma 1s 2", "uniform 0s..2s"]
)
def test_another_number_of_processors_leaves_every_order_its_draws(change: str, time: str) -> None:
    common = (f"processors.service_time={time}", "processors.line_time=exponential 50ms")
    before, after = records(*common), records(*common, change)
    assert before.keys() == after.keys()
    assert len(before) > 1_400
    for name, record in before.items():
        assert service(after[name]) == pytest.approx(service(record), abs=1e-9)


@pytest.mark.parametrize("factor", [0.5, 3.0])
@pytest.mark.parametrize(
    "family", ["exponential {}", "lognormal {} 2", "gamma {} 0.5", "gamma {} 2"]
)
def test_a_scaled_mean_scales_every_orders_time(family: str, factor: float) -> None:
    before = records(f"processors.service_time={family.format('1s')}")
    after = records(f"processors.service_time={family.format(f'{factor}s')}")
    for name, record in before.items():
        assert service(after[name]) == pytest.approx(factor * service(record), abs=1e-9)


def test_times_at_the_shelf_are_the_orders_own_too() -> None:
    slow = ("inventory.service_time=exponential 1s", "processors.service_time=1ms")
    quiet = ("clients.web.phases.day.rate=0.3/s", "processors.count=200", "seed=5")
    before, after = records(*slow, *quiet), records(*slow, *quiet, "processors.count=300")
    assert len(before) > 100
    assert before.keys() == after.keys()
    assert all(service(after[name]) == service(record) for name, record in before.items())


def test_an_added_product_leaves_the_orders_that_do_not_choose_it_as_they_were() -> None:
    before, after = (
        records(),
        records(
            "products={A: {stock: 9000}, B: {stock: 9000}, C: {stock: 9000}, D: {stock: 9000}}"
        ),
    )
    chose = 0
    for name, record in before.items():
        pairs = list(zip(record.lines, after[name].lines, strict=True))
        chose += sum(new.sku == "D" for _, new in pairs)
        assert all(new.sku in {"D", old.sku} for old, new in pairs)
        assert all(new.quantity == old.quantity for old, new in pairs)
    lines = sum(len(record.lines) for record in before.values())
    assert chose / lines == pytest.approx(1 / 4, abs=0.03)


SEEDS = range(1, 21)
OTHER_SEEDS = range(101, 121)


def mean_latencies(seeds: Sequence[int], *overrides: str) -> list[float]:
    """The mean latency of a run with each seed, in seconds."""
    loaded = load_text(SHOP, name="shop", overrides=("clients.web.orders.lines=1", *overrides))
    means = [Simulation(loaded, seed=seed).run().latency_s.mean for seed in seeds]
    return [mean for mean in means if mean is not None]


def paired_and_independent(first: str, second: str, *shop: str) -> tuple[float, float]:
    """The standard deviation of the designs' difference, on the same and on other seeds."""
    before, after = mean_latencies(SEEDS, *shop, first), mean_latencies(SEEDS, *shop, second)
    apart = mean_latencies(OTHER_SEEDS, *shop, second)
    paired = stdev([x - y for x, y in zip(before, after, strict=True)])
    return paired, stdev([x - y for x, y in zip(before, apart, strict=True)])


RUSH = ("clients.web.phases.day={duration: 1s, rate: 1.5/s, burst: 400}",)
COUNT = "processors.count={}"
SERVICE = "processors.service_time=exponential {}"


@pytest.mark.parametrize(
    ("first", "second", "shop"),
    [
        (COUNT.format(2), COUNT.format(3), RUSH),
        (SERVICE.format("1s"), SERVICE.format("900ms"), RUSH),
        (SERVICE.format("1s"), SERVICE.format("900ms"), ()),
    ],
    ids=["a third processor in a rush", "faster in a rush", "faster all day"],
)
def test_pairing_halves_the_noise_of_a_difference(
    first: str, second: str, shop: tuple[str, ...]
) -> None:
    paired, independent = paired_and_independent(first, second, *shop)
    assert paired < independent / 2


def test_where_one_design_hardly_varies_pairing_comes_near_what_is_possible() -> None:
    """No pairing makes sd(X - Y) less than sd(X) - sd(Y), and three processors hardly queue."""
    long = "clients.web.phases.day.duration=3000s"
    two = mean_latencies(SEEDS, long, COUNT.format(2))
    three = mean_latencies(SEEDS, long, COUNT.format(3))
    paired = stdev([x - y for x, y in zip(two, three, strict=True)])
    assert correlation(two, three) > 0.8
    assert paired < 1.1 * (stdev(two) - stdev(three))
