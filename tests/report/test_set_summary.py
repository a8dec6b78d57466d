from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from sample_set import FACTORS, held, replication_set

from actors.common.visible_text import columns
from actors.report.estimates import mean_of, reader
from actors.report.set_summary import render_set
from actors.report.style import Look
from actors.report.summary.page import MOST_LINES
from actors.study.document import ReplicationSet
from actors.study.estimate import estimate

PAGE = """\
peak_load · virtual · seed 42 · stocksim 0.1.0
6 replications · 30,678 orders · 117s simulated in 3.2s
FAILED  1 of 2 thresholds failed, audit holds in each replication, exit 99

CHECKS
  ✘ FAILED  rejected < 13%        13.06% ±0.2%, alone failed in 2 of 6
  ✔ ok      latency p99 < 1500ms  1182ms ±18ms
  ✔ ok      audit: all 8 laws hold: stock balances, stock never negative, no order lost, no order d…

FIGURES                     mean     95 %            min     max
  latency_s.mean           248ms  ±3.68ms  ±1.5%   243ms   253ms
  latency_s.p50            176ms  ±2.61ms  ±1.5%   172ms   180ms
  latency_s.p95            730ms  ±10.8ms  ±1.5%   715ms   744ms
  latency_s.p99            946ms    ±14ms  ±1.5%   927ms   965ms
  wait_s.mean              223ms  ±3.31ms  ±1.5%   219ms   228ms
  service_s.mean          15.5ms  ±0.23ms  ±1.5%  15.2ms  15.8ms
  waited                   62.0%    ±0.9%  ±1.5%   60.8%   63.2%
  throughput_per_s           267    ±3.96  ±1.5%     262     272
  processors.utilisation   93.2%    ±1.4%  ±1.5%   91.3%   95.1%
  processors.queue.mean     71.3    ±1.06  ±1.5%    69.8    72.7
  shares.fulfilled         86.9%    ±1.3%  ±1.5%   85.2%   88.7%
  shares.rejected          13.1%    ±0.2%  ±1.5%   12.8%   13.3%

ORDERS          placed     rejected    latency mean      latency p95         wait mean
  opening    702 ±10.4  0.4% ±<0.1%  6.2ms ±0.092ms  18.2ms ±0.271ms  5.58ms ±0.0828ms
  peak     3,001 ±44.5  14.1% ±0.2%   279ms ±4.14ms    821ms ±12.2ms     251ms ±3.73ms
  flash      812 ±12.1  29.8% ±0.4%    310ms ±4.6ms    912ms ±13.5ms     279ms ±4.14ms
  evening    598 ±8.88           0%   124ms ±1.84ms    365ms ±5.41ms     112ms ±1.66ms
  total    5,113 ±75.9  13.1% ±0.2%   248ms ±3.68ms    730ms ±10.8ms     223ms ±3.31ms

STOCK             sold         fill   sold out at    refused
  PHONE-X    422 ±6.26  38.3% ±0.6%  8.21s ±122ms  502 ±7.45  in all 6
  CONSOLE-5  307 ±4.56  58.9% ±0.9%  11.1s ±164ms  164 ±2.43  in all 6
  LAPTOP-15    874 ±13  96.9% ±1.4%             -          0
  … 48 more products (-v shows all)

BOTTLENECK  processors in 5 of 6, inventory/PHONE-X in 1 of 6 replications
"""


def page(found: ReplicationSet, *, everything: bool = False) -> str:
    return render_set(found, colour=False, everything=everything)


def test_the_whole_page_is_as_agreed() -> None:
    assert page(replication_set()) == PAGE.rstrip("\n")


def test_warnings_stand_before_the_figures_and_wrap() -> None:
    shown = page(replication_set(warnings=("few words", "long " * 60)))

    assert shown.index("WARNING  few words") < shown.index("CHECKS")
    assert max(map(columns, shown.splitlines())) <= 100
    assert shown.count("WARNING") == 2


def test_a_figure_of_some_replications_says_of_how_many() -> None:
    some = {
        "waited": estimate([0.5, 0.6]),
        "products.PHONE-X.sold_out_at_s": estimate([8.0, 9.0]),
    }
    shown = page(replication_set(figures=some))

    assert re.search(r"waited .* in 2 of 6$", shown, re.MULTILINE)
    assert re.search(r"PHONE-X .* in 2 of 6$", shown, re.MULTILINE)


def test_figures_that_are_not_known_well_are_painted() -> None:
    wide = {"wait_s.mean": estimate([0.1, 0.2, 0.3])}
    shown = render_set(replication_set(figures=wide), colour=True)

    (line,) = [line for line in shown.splitlines() if "  wait_s.mean" in line]
    assert line.startswith("\x1b[33m")


def test_a_threshold_without_a_sample_says_where() -> None:
    shown = page(replication_set(thresholds=(held(actual=None, half_width=None, ok=False),)))

    assert "FAILED  latency p99 < 1500ms  no sample in 2 of 6" in shown


def test_a_broken_law_names_its_replication() -> None:
    found = replication_set(
        broken={"no order lost": "broken in replication 3; in 3: web-1-7"}, exit_code=98
    )
    shown = page(found)

    assert "AUDIT VIOLATED  1 of 2 thresholds failed, 1 audit laws broken, exit 98" in shown
    assert "BROKEN  audit: no order lost: broken in replication 3; in 3: web-1-7" in shown


def test_an_interrupted_set_tells_how_far_it_came() -> None:
    shown = page(replication_set(replications=20, exit_code=130))

    assert "6 of 20 replications" in shown
    assert "INTERRUPTED" in shown


def test_a_set_of_which_nothing_finished_has_no_figures() -> None:
    shown = page(replication_set(finished=0, thresholds=(), exit_code=130))

    assert shown.splitlines()[-1] == "INTERRUPTED  no replication finished, interrupted, exit 130"


def test_one_replication_has_no_intervals() -> None:
    figures = {name: estimate([1.0]) for name in replication_set().figures}
    shown = page(replication_set(figures=figures, finished=1, replications=1))

    assert "1 replication · " in shown
    assert re.search(r"latency_s.mean +1s +1s +1s$", shown, re.MULTILINE)


def test_everything_has_every_figure_that_is_not_zero_throughout() -> None:
    found = replication_set()
    shown = page(found, everything=True)

    for name, figure in found.figures.items():
        assert (f"  {name} " in shown) == bool(figure.max), name


def test_the_page_fits_whatever_there_is() -> None:
    phases = {
        name.replace("phases.peak.", f"phases.peak {number}."): figure
        for number in range(60)
        for name, figure in replication_set().figures.items()
        if name.startswith("phases.peak.")
    }
    found = replication_set(
        figures=phases,
        thresholds=tuple(held(f"latency p99 < {n}ms") for n in range(1, 60)),
        warnings=("so " * 150,) * 9,
        overrides={"processors.count": "6"},
    )
    lines = page(found).splitlines()

    assert len(lines) <= MOST_LINES
    assert max(map(columns, lines)) <= 100


def test_hostile_names_are_escaped_and_ascii_terminals_get_ascii() -> None:
    evil = "\x1b[2J\u202e"
    figures = {
        f"products.{evil}.{name}": estimate([1.0, 2.0])
        for name in ("sold", "fill", "sold_out_at_s", "refused")
    }
    found = replace(
        replication_set(name=evil, figures=figures, warnings=(evil,)), bottlenecks={evil: 6}
    )
    assert "\x1b" not in page(found)
    assert "\u202e" not in page(found)
    assert render_set(found, colour=False, unicode=False).isascii()


NAMED = {
    "latency_s.p95": "1.5s",
    "phases.peak.wait_s.mean": "1.5s",
    "simulated_s": "1.5s",
    "latency_s.count": "1.5",
    "throughput_per_s": "1.5",
    "products.A_s.sold": "1.5",
    "processors.queue.max": "1.5",
}


@pytest.mark.parametrize(("name", "shown"), NAMED.items())
def test_a_value_is_written_in_the_unit_of_its_figure(name: str, shown: str) -> None:
    assert reader(name)(1.5) == shown


@pytest.mark.parametrize("name", ["shares.rejected", "products.TEA.fill", "waited"])
def test_shares_are_written_in_percent(name: str) -> None:
    assert reader(name)(0.125) == "12.5%"


def test_nothing_is_a_dash() -> None:
    assert {reader(name)(None) for name in (*NAMED, "waited")} == {"-"}
    assert mean_of(estimate([]), "orders.placed", Look(colour=False)) == "-"


def test_a_mean_has_its_half_width_unless_it_never_varies() -> None:
    assert mean_of(estimate([3.0] * 4), "orders.placed", Look(colour=False)) == "3"
    varied = estimate([100 * factor for factor in FACTORS])
    assert mean_of(varied, "orders.placed", Look(colour=False)) == "100 ±1.48"
    assert mean_of(varied, "orders.placed", Look(colour=False, unicode=False)) == "100 +/-1.48"
