from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from chances import chi_square, correlation
from hypothesis import given
from hypothesis import strategies as st

from actors.common.random_streams import Stream, fork

BRANCHES = (-1, 0, 1, 2, 3, 7, 1_000)
uniform = st.integers(0, 2**53 - 1).map(lambda bits: bits / 2**53)


def numbers(n: int, seed: int = 3) -> list[float]:
    random = Random(seed).random
    return [random() for _ in range(n)]


@given(uniform)
def test_the_first_branch_is_the_number_itself(number: float) -> None:
    assert fork(number, 0) == number


@given(uniform, st.integers(-1_000, 1_000_000))
def test_every_branch_of_a_uniform_number_is_one(number: float, branch: int) -> None:
    found = fork(number, branch)
    assert 0 <= found < 1
    assert found == fork(number, branch)
    assert (found * 2**53).is_integer()  # of the same grain, so that it can be forked again


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_branch_is_uniform(branch: int) -> None:
    cells = [0] * 64
    for number in numbers(40_000):
        cells[int(fork(number, branch) * 64)] += 1
    assert abs(chi_square(cells, [1.0] * 64)) < 3.3


@pytest.mark.parametrize("branch", [branch for branch in BRANCHES if branch])
def test_branches_of_numbers_in_a_row_are_uniform_too(branch: int) -> None:
    # The next number there is differs in a single bit.
    cells = [0] * 64
    for step in range(20_000):
        cells[int(fork(0.5 + step / 2**53, branch) * 64)] += 1
    assert abs(chi_square(cells, [1.0] * 64)) < 3.3


@pytest.mark.parametrize(("one", "other"), list(combinations(BRANCHES, 2)))
def test_branches_of_a_number_have_nothing_to_do_with_one_another(one: int, other: int) -> None:
    sample = numbers(20_000)
    some, others = [[fork(number, branch) for number in sample] for branch in (one, other)]
    assert abs(correlation(some, others)) < 4
    cells = [0] * 64
    for x, y in zip(some, others, strict=True):
        cells[int(x * 8) * 8 + int(y * 8)] += 1
    assert abs(chi_square(cells, [1.0] * 64)) < 3.5


@given(uniform, uniform, st.integers(-1, 1_000))
def test_two_numbers_have_branches_of_their_own(one: float, other: float, branch: int) -> None:
    assert (fork(one, branch) == fork(other, branch)) == (one == other)


def test_branches_stay_the_same_from_version_to_version() -> None:
    assert [fork(0.5, branch) for branch in (-1, 1, 2, 3)] == [
        0.8172207191080768,
        0.17550369150720035,
        0.3104103581028069,
        0.5018313933942263,
    ]


def test_a_stream_is_made_of_its_four_keys() -> None:
    first = Stream(1, 0, "client/web-1", "service")
    drawn = [first.random() for _ in range(3)]
    again = Stream(1, 0, "client/web-1", "service")
    assert [again.random() for _ in range(3)] == drawn
    others = [
        Stream(2, 0, "client/web-1", "service"),
        Stream(1, 1, "client/web-1", "service"),
        Stream(1, 0, "client/web-2", "service"),
        Stream(1, 0, "client/web-1", "line"),
    ]
    assert drawn[0] not in [other.random() for other in others]
