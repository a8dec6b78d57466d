from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from actors.measure.answers import Answers
from actors.messages import REASONS, Reason, Status

Answer = tuple[str, Status, Reason | None]
STATUSES: tuple[Status, ...] = ("fulfilled", "partial", "rejected")

answers = st.tuples(
    st.sampled_from(["web-1", "web-2", "web-3"]),
    st.sampled_from(STATUSES),
    st.none() | st.sampled_from(REASONS),
)


def noted(*told: Answer) -> tuple[int, int]:
    book = Answers()
    for answer in told:
        book.note(*answer)
    return book.count, book.checksum


@given(st.lists(answers), st.randoms(use_true_random=False))
def test_the_sequence_in_which_outcomes_were_told_does_not_matter(
    told: list[Answer], random: Random
) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)
    assert noted(*shuffled) == noted(*told)


@given(st.lists(answers, min_size=1, max_size=8), st.integers(0, 7), answers)
def test_any_outcome_that_differs_shows(told: list[Answer], place: int, other: Answer) -> None:
    place %= len(told)
    assume(told[place] != other)
    assert noted(*told[:place], other, *told[place + 1 :]) != noted(*told)


FULFILLED: Answer = ("web-1", "fulfilled", None)


@pytest.mark.parametrize(
    "other",
    [
        [("web-2", "fulfilled", None)],
        [("web-1", "partial", None)],
        [("web-1", "fulfilled", "failed")],
        [FULFILLED, FULFILLED],
        [],
    ],
)
def test_another_order_another_status_another_reason_and_another_number_show(
    other: list[Answer],
) -> None:
    assert noted(*other) != noted(FULFILLED)


def test_outcomes_that_two_orders_have_exchanged_show() -> None:
    here = noted(("a", "fulfilled", None), ("b", "rejected", "out_of_stock"))
    there = noted(("b", "fulfilled", None), ("a", "rejected", "out_of_stock"))
    assert here[0] == there[0]
    assert here[1] != there[1]


@given(st.lists(answers), st.lists(answers))
def test_what_several_have_noted_is_what_one_would_have(
    mine: list[Answer], others: list[Answer]
) -> None:
    book, more = Answers(), Answers()
    for answer in mine:
        book.note(*answer)
    for answer in others:
        more.note(*answer)
    book.add(more)
    assert (book.count, book.checksum) == noted(*mine, *others)


def test_every_outcome_counts() -> None:
    assert noted(FULFILLED)[0] == 1
    assert noted(FULFILLED, FULFILLED)[0] == 2


def test_nothing_noted_is_nothing() -> None:
    assert noted() == (0, 0)


def test_many_outcomes_keep_the_checksum_small() -> None:
    _, checksum = noted(*[FULFILLED] * 10_000)
    assert 0 < checksum < 2**61
