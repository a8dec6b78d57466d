from __future__ import annotations

import pytest
from small_sets import loaded_shop, results

from actors.study.estimate import Estimate, estimate
from actors.study.figures import figures_of
from actors.study.precision import HEADLINES, warnings


def known(relative: float) -> Estimate:
    return Estimate(mean=10.0, half_width=10 * relative, n=20, min=9.0, max=11.0)


def test_precise_figures_of_five_replications_are_no_cause_for_a_warning() -> None:
    assert warnings({"latency_s.mean": known(0.05)}, (), 5) == ()


def test_fewer_than_five_replications_are_warned_of() -> None:
    assert warnings({}, (), 4) == ("4 replications are few: use 5 or more",)
    assert warnings({}, (), 1) == ("1 replication is few: use 5 or more",)


def test_wide_figures_are_named_with_what_it_would_take() -> None:
    (found,) = warnings({"latency_s.p99": known(0.10), "waited": known(0.2)}, (), 20)

    assert found == (
        "not known within ±5%: latency_s.p99 ±10%, waited ±20%; about 320 replications would"
    )


def test_figures_beside_the_headlines_are_not_warned_of() -> None:
    assert warnings({"products.TEA.short": known(0.8)}, (), 20) == ()


def test_a_figure_around_zero_is_named_without_a_promise() -> None:
    (found,) = warnings({"wait_s.mean": estimate([-1.0, 1.0] * 10)}, (), 20)

    assert found == "not known within ±5%: wait_s.mean"


@pytest.mark.parametrize("name", HEADLINES)
def test_each_headline_is_a_figure(name: str) -> None:
    assert name in dict(figures_of(results(loaded_shop(), 1)[0]))
