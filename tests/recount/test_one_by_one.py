"""Single cases, written out: what a figure is where it is easily something else."""

from __future__ import annotations

from typing import Final

import pytest
from expected import matches
from playing_shops import play_text
from setting import Setting

EMPTY: Final = """\
stocksim: 1
products: {A: {stock: 0}, B: {stock: 0}}
processors: {service_time: 1ms, fulfilment: partial}
clients:
  web:
    phases: {day: {duration: 1s, rate: 0/s, burst: 50}}
    orders: {lines: 20}
"""


def test_a_product_of_which_nothing_could_be_sold_was_short_of_all_that_was_asked_for() -> None:
    document = play_text(EMPTY).document
    assert document["orders"]["rejected_by"] == {"out_of_stock": 50}
    products = document["products"]
    assert products["A"]["asked"] + products["B"]["asked"] == 50 * 20
    for product in products.values():
        assert product["short"] == product["asked"]
        assert product["fill"] == 0
        assert product["refused"] > 40  # of 20 lines, one or the other is for nearly everything


RUSH: Final = """\
stocksim: 1
products: {A: {stock: 1000}}
processors: {service_time: 10s}
clients:
  web:
    phases: {rush: {duration: 1s, rate: 0/s, burst: 100}}
"""


def test_a_phase_has_the_orders_that_are_there_while_it_lasts() -> None:
    played = play_text(RUSH)
    assert played.document["simulated_s"] == pytest.approx(1000.0)
    rush = played.document["phases"]["rush"]
    assert rush["in_system_mean"] <= 100
    # All of them are there for the whole second: the first is served after ten.
    assert rush["in_system_mean"] == pytest.approx(100.0)
    setting = Setting(stock={"A": 1000}, groups=("web",), windows={"rush": (0.0, 1.0)})
    recounted = played.recount(setting).in_system(None, "rush")
    assert matches(recounted["in_system_mean"], rush["in_system_mean"])


def test_over_the_run_orders_in_the_system_dwindle_as_they_are_served() -> None:
    document = play_text(RUSH).document
    assert document["in_system_mean"] == pytest.approx(50.5)  # 100, 99, … 1 for ten seconds each
    assert document["groups"]["web"]["in_system_mean"] == pytest.approx(50.5)


# Fifty at once, a second each: the last leaves after 50 s, and another ten come at 60 s.
PEAKS: Final = """\
stocksim: 1
warm_up: WARM_UP
products: {A: {stock: 1000}}
processors: {service_time: 1s}
clients:
  web:
    phases:
      first: {duration: 1min, rate: 0/s, burst: 50}
      second: {duration: 1min, rate: 0/s, burst: 10}
"""


@pytest.mark.parametrize(
    ("warm_up", "longest"),
    [
        ("0s", 49),
        ("19.5s", 30),  # one is served and thirty wait at that moment
        ("48.5s", 9),
        ("55s", 9),
    ],
)
def test_a_peak_that_was_over_before_the_warm_up_was_is_not_the_longest_queue(
    warm_up: str, longest: int
) -> None:
    queue = play_text(PEAKS.replace("WARM_UP", warm_up)).document["processors"]["queue"]
    assert queue["max"] == longest


def test_orders_in_the_system_are_averaged_from_the_end_of_the_warm_up_on() -> None:
    document = play_text(PEAKS.replace("WARM_UP", "40s")).document
    assert document["simulated_s"] == pytest.approx(70.0)
    # From 40 s on there are 10, 9, … 1 for a second each, twice, and ten seconds of nobody.
    assert document["in_system_mean"] == pytest.approx((55 + 55) / 30)
    assert document["groups"]["web"]["in_system_mean"] == pytest.approx((55 + 55) / 30)
    assert document["phases"]["first"]["in_system_mean"] == pytest.approx(55 / 20)
    assert document["phases"]["second"]["in_system_mean"] == pytest.approx(55 / 10)


def test_a_phase_within_the_warm_up_has_no_average() -> None:
    document = play_text(PEAKS.replace("WARM_UP", "60s")).document
    assert document["phases"]["first"]["in_system_mean"] is None
    assert document["phases"]["first"]["throughput_per_s"] is None


HOT: Final = """\
stocksim: 1
products: {HOT: {stock: 5}, A: {stock: 1000}, B: {stock: 1000}}
processors: {service_time: 1ms}
clients:
  web:
    phases: {day: {duration: 1s, rate: 0/s, burst: 100}}
    orders: {lines: 3, sku: {HOT: 50, A: 50, B: 1}}
thresholds:
  - fill of A == 100%
  - fill of HOT >= 0%
  - fill of B >= 0%
  - fill >= 0%
"""


def test_a_threshold_on_a_products_fill_is_held_against_the_fill_on_the_page() -> None:
    document = play_text(HOT).document
    of_a, of_hot, of_b, _ = document["thresholds"]
    products = document["products"]
    assert products["A"]["asked"] > products["A"]["sold"] > 0  # its orders failed for HOT
    assert products["A"]["short"] == 0
    assert products["A"]["fill"] == of_a["value"] == 1
    assert of_a["ok"]
    assert products["HOT"]["fill"] == of_hot["value"] < 1
    assert products["B"]["fill"] == of_b["value"]


def test_the_fill_of_all_products_is_what_was_not_short_of_all_that_was_asked_for() -> None:
    document = play_text(HOT).document
    products = document["products"].values()
    short, asked = (sum(product[name] for product in products) for name in ("short", "asked"))
    fill = document["all_products"]["fill"]
    assert fill == document["thresholds"][-1]["value"]
    assert fill == pytest.approx(1 - short / asked)


DOOMED: Final = """\
stocksim: 1
products: {HOT: {stock: 0}, A: {stock: 1000}}
processors: {service_time: 1ms}
clients:
  web:
    phases: {day: {duration: 1s, rate: 0/s, burst: 20}}
    orders: {lines: 12}
"""


def test_a_product_that_was_neither_sold_nor_short_has_no_fill() -> None:
    products = play_text(DOOMED).document["products"]
    assert products["A"]["asked"] > 100  # together with HOT, always
    assert products["A"]["sold"] == products["A"]["short"] == 0
    assert products["A"]["fill"] is None
    assert products["HOT"]["fill"] == 0
