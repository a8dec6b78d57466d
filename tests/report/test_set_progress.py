from __future__ import annotations

from io import StringIO

import pytest
from msgspec.structs import replace
from sample_result import sample

from actors.common.visible_text import columns
from actors.report.set_progress import SetProgress, standing_line
from actors.report.style import Look
from actors.report.terminal import Terminal
from actors.study.replications import Standing

PLAIN = Look(colour=False)
STANDING = Standing(
    finished=38,
    recalled=8,
    running=2,
    replications=100,
    elapsed_s=30.0,
    stopping=False,
    latest=None,
)


def told(*standings: Standing) -> list[str]:
    stream = StringIO()
    progress = SetProgress(Terminal(stream), PLAIN)
    for standing in standings:
        progress(standing)
    progress.close()
    return stream.getvalue().splitlines()


def ended(number: int, elapsed_s: float, exit_code: int = 0) -> Standing:
    result = replace(sample(exit_code=exit_code), replication=number)
    return STANDING._replace(elapsed_s=elapsed_s, latest=result)


def test_the_line_says_how_far_the_set_is_and_how_long_it_will_take() -> None:
    # 30 were played in 30 s, 62 are left.
    assert standing_line(STANDING, PLAIN, 100) == (
        "━━━━━━━━━───────────────   38%  38 of 100 replications  2 running  about 62s left"
    )


def test_before_the_first_has_ended_nobody_knows_how_long_it_takes() -> None:
    assert "left" not in standing_line(STANDING._replace(recalled=38), PLAIN, 100)


@pytest.mark.parametrize("width", [0, 1, 10, 40, 79])
def test_the_line_never_wraps(width: int) -> None:
    assert columns(standing_line(STANDING, PLAIN, width)) <= width


def test_a_replication_that_has_ended_is_a_line() -> None:
    (line,) = told(ended(4, 3.1))

    assert line == "      3.1s  replication 4      ✔ 5,113 orders, latency p95 730ms"


def test_a_replication_that_failed_says_how() -> None:
    (line,) = told(ended(4, 3.1, exit_code=98))

    assert line.endswith("✘ 5,113 orders, latency p95 730ms, exit 98")


def test_at_high_rates_there_are_ten_lines_a_second_but_no_violation_is_left_out() -> None:
    many = [ended(number, number / 1000) for number in range(1_000)]
    many[555] = ended(555, 0.555, exit_code=98)
    lines = told(*many)

    assert 9 <= len(lines) <= 12
    assert any("replication 555" in line for line in lines)


def test_an_interruption_is_told_once() -> None:
    stopping = STANDING._replace(stopping=True)
    (line,) = told(STANDING, stopping, stopping)

    assert "interrupted: 2 replications are played to their end (again: drop them)" in line
