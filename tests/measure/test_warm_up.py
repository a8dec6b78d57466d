"""One rule: what is measured begins with the warm-up, what is counted covers the whole run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from actors.measure.result import Result
from actors.measure.thresholds.metrics import METRICS
from actors.scenario.loader import load_text
from actors.simulation import Simulation

README: Final = Path(__file__).parents[2] / "README.md"

# A rush that empties a shelf and fills the line, and a quiet hour in which neither happens.
SHOP: Final = """\
stocksim: 1
products: {{A: {{stock: 30}}, B: {{stock: 1000}}}}
router: {{queue_limit: 60}}
processors: {{count: 2, service_time: exponential 1s}}
clients:
  web:
    phases:
      rush: {{duration: 10s, rate: 10/s, burst: 20}}
      quiet: {{duration: 300s, rate: 0.5/s}}
    orders: {{sku: {{A: 1, B: 1}}, lines: 1..2}}
warm_up: {warm_up}
thresholds: [{thresholds}]
"""
VALUES: Final = {"share": "0%", "count": "0", "rate": "0/s", "time": "0ms"}


def questions() -> dict[str, str]:
    """Every metric with its first statistic and unit, as a threshold."""
    return {
        f"{name} {metric.statistics[0]}" if metric.statistics else name: VALUES[metric.units[-1]]
        for name, metric in METRICS.items()
    }


def figures(warm_up: str) -> tuple[dict[str, float | None], Result]:
    """The value of every metric, and the whole result."""
    asked = questions()
    thresholds = ", ".join(f'"{name} >= {value}"' for name, value in asked.items())
    loaded = load_text(SHOP.format(warm_up=warm_up, thresholds=thresholds), name="shop")
    result = Simulation(loaded).run()
    assert result.audit.ok
    found = [threshold.value for threshold in result.thresholds]
    return dict(zip(asked, found, strict=True)), result


def test_every_metric_keeps_to_the_rule_that_the_vocabulary_says() -> None:
    without, _ = figures("0s")
    measured, _ = figures("100s")
    differ = {name.split()[0] for name in without if without[name] != measured[name]}
    assert differ == {name for name, metric in METRICS.items() if metric.warm_up}


def test_every_other_figure_of_the_result_keeps_to_it_too() -> None:
    _, without = figures("0s")
    _, measured = figures("100s")
    assert measured.orders == without.orders
    assert measured.products == without.products
    assert measured.all_products == without.all_products
    assert measured.messages == without.messages
    assert measured.actors == without.actors
    assert measured.phases["rush"].orders == without.phases["rush"].orders
    rush = measured.phases["rush"]
    assert (rush.latency_s.count, rush.in_system_mean, rush.throughput_per_s) == (0, None, None)
    assert measured.in_system_mean is not None
    assert without.in_system_mean is not None
    assert measured.in_system_mean < without.in_system_mean / 2
    assert measured.bottleneck.busy < without.bottleneck.busy
    assert measured.processors.queue.max < 20 < without.processors.queue.max


def test_what_waits_when_the_warm_up_ends_counts() -> None:
    _, result = figures("9s")
    assert result.processors.queue.max >= 50


@pytest.mark.parametrize("begins", [True, False])
def test_the_readme_has_every_metric_on_its_side(*, begins: bool) -> None:
    section = README.read_text("utf-8").partition("### What the warm-up leaves out")[2]
    section = section.partition("\n###")[0]
    rows = [row.strip("|").split("|") for row in section.splitlines() if row.startswith("|")]
    side = " ".join(row[0 if begins else 1] for row in rows)
    homes = {"sold": "products", "stock": "products", "fill": "products", "queue": "queue"}
    for name, metric in METRICS.items():
        if metric.warm_up == begins:
            home = homes.get(name, name if begins else "orders")
            assert re.search(rf"\b{home}", side), name
