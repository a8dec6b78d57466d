from __future__ import annotations

import re

import msgspec
import pytest
from sample_result import LAWS, block, phase, product, sample

from actors.measure.result import (
    DeadLetter,
    InvalidRecord,
    RefusedRow,
    ReplayReport,
    Result,
    ThresholdResult,
)
from actors.report.summary.page import MOST_LINES, render

PAGE = """\
peak_load · virtual · seed 42 · stocksim 0.1.0
5,113 orders · 19.4s simulated in 1.91s · 2,674 orders/s
FAILED  1 of 3 thresholds failed, audit holds, exit 99

CHECKS
  ✘ FAILED  rejected < 13%                  13.06%
  ✔ ok      latency p99 < 1500ms            1182ms
  ✔ ok      throughput > 250/s during peak  267/s
  ✔ ok      audit: all 8 laws hold: stock balances, stock never negative, no order lost, no order d…

ORDERS                                            latency                                   wait
  by phase  placed  fulfilled  partial  rejected     mean    p50     p95     p99     max    mean
  opening      702        699        0         3    6.2ms  4.4ms  18.2ms  23.6ms  32.2ms  5.58ms
  peak       3,001      2,578        0       423    279ms  198ms   821ms   1.06s   1.45s   251ms
  flash        812        570        0       242    310ms  220ms   912ms   1.18s   1.61s   279ms
  evening      598        598        0         0    124ms   88ms   365ms   473ms   644ms   112ms
  total      5,113      4,445        0       668    248ms  176ms   730ms   946ms   1.29s   223ms

REJECTED  668 of 5,113 orders, 13.1%
  out_of_stock  635  12.4%  PHONE-X 502 since 8.21s, CONSOLE-5 164 since 11.1s
  invalid        33   0.6%
    21 x not JSON  first web-17-42
    12 x quantity 0 is not in 1..1,000,000  first web-3-7

STOCK           initial    sold  returned+restocked   final   fill  sold out at  refused
  PHONE-X           400     422                  22       0  38.3%        8.21s      502
  CONSOLE-5         300     307                   7       0  58.9%        11.1s      164
  LAPTOP-15         900     874                  31      57  96.9%            -        0
  … 48 more products (-v shows all)
  all products   97,600  12,859                  60  84,801  93.3%

BOTTLENECK  processors, busy 93.2% of the time
PROCESSORS  8 at 93.2% · queue mean 71.3, max 412 · 62.0% of orders waited · 267 orders/s done
"""


def page(result: Result, *, everything: bool = False) -> str:
    return render(result, colour=False, everything=everything)


def test_the_whole_page_is_as_agreed() -> None:
    assert page(sample()) == PAGE.rstrip("\n")


def test_all_products_together_are_the_last_line_of_several_and_left_out_beside_one() -> None:
    stock = page(sample(), everything=True).partition("STOCK")[2].partition("BOTTLENECK")[0]
    assert stock.strip().splitlines()[-1].split()[:5] == [
        "all",
        "products",
        "97,600",
        "12,859",
        "60",
    ]
    assert "all products" not in page(sample(products={"A": product(9, 4, 4)}))


def test_colour_adds_nothing_but_colour() -> None:
    coloured = render(sample(), colour=True)
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == page(sample())


@pytest.mark.parametrize(
    ("exit_code", "word"),
    [(0, "PASSED"), (1, "CRASHED"), (98, "AUDIT VIOLATED"), (99, "FAILED"), (130, "INTERRUPTED")],
)
def test_the_verdict_is_a_word(exit_code: int, word: str) -> None:
    verdict = page(sample(exit_code=exit_code)).splitlines()[2]
    assert verdict.startswith(f"{word}  ")
    assert verdict.endswith(f"exit {exit_code}") == bool(exit_code)


def test_failed_thresholds_come_first_with_their_actual_figure() -> None:
    lines = page(sample()).splitlines()
    first = lines[lines.index("CHECKS") + 1]
    assert first.split() == ["✘", "FAILED", "rejected", "<", "13%", "13.06%"]


def test_a_threshold_without_a_sample_says_so() -> None:
    missing = ThresholdResult(expression="wait max < 1s", limit="< 1s", actual=None, ok=False)
    assert "wait max < 1s  no sample" in page(sample(thresholds=(missing,)))


def test_a_run_without_thresholds_says_so() -> None:
    text = page(sample(thresholds=(), exit_code=0))
    assert "PASSED  no thresholds set, audit holds" in text
    assert "no thresholds set: nothing but the audit can fail this run" in text


def test_a_broken_law_shows_its_detail_before_any_threshold() -> None:
    detail = "placed 5,113, ended 5,112: web-17-42 has no outcome"
    text = page(sample(broken={"no order lost": detail}, exit_code=98))
    lines = text.splitlines()
    assert lines[lines.index("CHECKS") + 1] == f"  ✘ BROKEN  audit: no order lost: {detail}"
    assert "audit: 7 of 8 laws hold" in text
    assert "all 8 laws" not in text


def test_an_interrupted_run_says_when() -> None:
    text = page(sample(interrupted=True, exit_code=130))
    assert "INTERRUPTED  1 of 3 thresholds failed, audit holds, interrupted at 19.4s" in text


def test_overrides_are_shown_since_the_scenario_alone_would_not_repeat_the_run() -> None:
    text = page(sample(overrides={"clients.web.count": "80", "seed": "7"}))
    assert text.splitlines()[1] == "with clients.web.count=80, seed=7"


def test_without_phases_the_orders_are_shown_by_group() -> None:
    text = page(sample(phases={}))
    assert "by group" in text
    assert "  web " in text


def test_everything_has_phases_and_groups_all_products_and_every_law() -> None:
    text = page(sample(), everything=True)
    for wanted in ("by phase", "by group", "ACC-001", "ACTORS", *(f"audit: {law}" for law in LAWS)):
        assert wanted in text
    assert "more" not in text


def test_a_recorded_log_says_how_it_was_read() -> None:
    replay = ReplayReport(
        rows=541_909,
        orders=25_900,
        made_products=4_070,
        refused_rows=1_336,
        refused=(RefusedRow(line=142, why="negative"), RefusedRow(line=155, why="mixed signs")),
        invalid_orders=17,
        invalid=tuple(
            InvalidRecord(
                line=n, order=f"o-{n}", why="out of range", note="a write-off" if n else None
            )
            for n in range(17)
        ),
    )
    text = page(msgspec.structs.replace(sample(), replay=replay))
    assert "REPLAY      541,909 rows read as 25,900 orders, 4,070 products made" in text
    assert "REFUSED     1,336 rows: line 142 (negative), line 155 (mixed signs)" in text
    assert text.splitlines()[-5:] == [
        "INVALID     17 orders",
        "  line 0  o-0  out of range",
        "  line 1  o-1  out of range: a write-off",
        "  line 2  o-2  out of range: a write-off",
        "  … 14 more invalid orders (-v shows all)",
    ]


def test_what_is_said_of_an_invalid_order_is_never_cut_but_goes_on_in_the_next_line() -> None:
    words = " ".join(f"word-{number}" for number in range(25))
    told = InvalidRecord(line=7, order="o-7", why="out of range", note=words)
    text = page(msgspec.structs.replace(sample(), replay=replayed(invalid=(told,))))
    assert f"INVALID 1 order line 7 o-7 out of range: {words}" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100


def replayed(
    refused: tuple[RefusedRow, ...] = (), invalid: tuple[InvalidRecord, ...] = ()
) -> ReplayReport:
    return ReplayReport(
        rows=9,
        orders=5,
        made_products=0,
        refused_rows=len(refused),
        refused=refused,
        invalid_orders=len(invalid),
        invalid=invalid,
    )


def test_a_log_without_mistakes_says_so() -> None:
    text = page(msgspec.structs.replace(sample(), replay=replayed()))
    assert "REFUSED     no row\n" in text + "\n"
    assert "INVALID" not in text


def test_a_run_without_rejections_has_no_section_for_them() -> None:
    result = msgspec.structs.replace(sample(), orders=block(100, 100, 1.0).orders)
    assert "REJECTED" not in page(result)


def test_a_run_in_which_nothing_happened_can_be_shown() -> None:
    empty = sample(phases={}, groups={}, products={"A": product(5, 0, 0)}, dead_letters=())
    nothing = block(0, 0, 0.0).orders
    assert "  total       0" in page(msgspec.structs.replace(empty, orders=nothing))


def extreme() -> Result:
    return sample(
        phases={f"phase-{n}": phase(10**6, 10**6 - n, 1.0, n, n + 1) for n in range(200)},
        products={f"SKU-{n}": product(5, 5, 100, float(n), 50) for n in range(5_000)},
        thresholds=tuple(
            ThresholdResult(expression=f"rejected < {n}%", limit=f"< {n}%", actual="1%", ok=n > 30)
            for n in range(60)
        ),
        broken=dict.fromkeys(LAWS, "PHONE-X " * 40),
        dead_letters=tuple(DeadLetter(why=f"w{n}", count=n, example="x") for n in range(500)),
        overrides={f"key.{n}": "value" for n in range(50)},
        interrupted=True,
        exit_code=98,
    )


def test_no_run_takes_more_than_forty_lines_of_a_hundred_columns() -> None:
    told = InvalidRecord(line=1, order="o" * 99, why="why " * 99, note="note " * 99)
    log = replayed((RefusedRow(line=1, why="w" * 99),) * 100, (told,) * 100)
    for result in (sample(), extreme(), msgspec.structs.replace(extreme(), replay=log)):
        lines = page(result).splitlines()
        assert len(lines) <= MOST_LINES == 40
        assert max(map(len, lines)) <= 100


def test_what_does_not_fit_is_counted() -> None:
    text = page(extreme())
    for noun in ("checks", "phases", "products"):
        assert re.search(rf"… [\d,]+ more {noun} \(-v shows all\)", text)


def test_hostile_names_are_escaped_everywhere() -> None:
    evil = "\x1b[2J\u202e\ud800\n"
    result = sample(
        name=evil,
        phases={evil: phase(1, 0, 1.0, 0, 1)},
        products={evil: product(1, 1, 9, 1.0, 5)},
        thresholds=(ThresholdResult(expression=evil, limit="< 1", actual="2", ok=False),),
        broken={LAWS[0]: evil},
        dead_letters=(DeadLetter(why=evil, count=1, example=evil),),
        overrides={evil: evil},
    )
    hostile = msgspec.structs.replace(
        result,
        replay=replayed(
            (RefusedRow(line=1, why=evil),),
            (InvalidRecord(line=1, order=evil, why=evil, note=evil),),
        ),
    )
    for everything in (False, True):
        text = page(hostile, everything=everything)
        assert all(line.isprintable() for line in text.splitlines())
        assert text.count(r"\x1b[2J\u202e\ud800\n") >= 10


def test_without_unicode_the_page_is_ascii() -> None:
    text = render(sample(products={"Ž": product(1, 1, 2, 1.0, 1)}), colour=False, unicode=False)
    assert text.isascii()
    assert "x FAILED  rejected < 13%" in text


def test_a_replication_other_than_the_first_is_named() -> None:
    shown = page(msgspec.structs.replace(sample(), replication=3)).splitlines()[0]
    assert shown == "peak_load · virtual · seed 42 · replication 3 · stocksim 0.1.0"
