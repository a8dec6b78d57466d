from __future__ import annotations

import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.measure.ledger import EXAMPLES, Ledger
from actors.messages import Place


def place(ref: str, at: float = 0.0) -> Place:
    return Place(ref, b"", at, "client/web-1", "web", "peak")


def test_an_order_is_open_until_it_ends() -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.placed(place("b"))
    assert [order.ref for order in ledger.open()] == ["a", "b"]
    ledger.ended("a")
    assert [order.ref for order in ledger.open()] == ["b"]
    assert len(ledger) == 1
    assert (ledger.duplicated, ledger.unexpected) == (0, 0)


def test_a_second_outcome_is_duplicated_and_named() -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.ended("a")
    ledger.ended("a")
    assert (ledger.duplicated, ledger.unexpected) == (1, 0)
    assert ledger.examples == ["a ended twice"]


def test_an_outcome_out_of_nowhere_is_unexpected_and_named() -> None:
    ledger = Ledger()
    ledger.ended("a")
    assert (ledger.duplicated, ledger.unexpected) == (0, 1)
    assert ledger.examples == ["a ended and was never placed"]


def test_only_a_few_examples_are_kept() -> None:
    ledger = Ledger()
    for number in range(EXAMPLES + 3):
        ledger.ended(str(number))
    assert len(ledger.examples) == EXAMPLES
    assert ledger.unexpected == EXAMPLES + 3


@pytest.mark.parametrize("first", ["ended", "joined"])
def test_an_id_sent_again_needs_one_outcome_and_one_answer_in_either_order(first: str) -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.placed(place("a", 1.0))
    assert len(ledger) == 2
    for strike in ("ended", "joined") if first == "ended" else ("joined", "ended"):
        getattr(ledger, strike)("a")
    assert ledger.open() == []
    assert (ledger.duplicated, ledger.unexpected) == (0, 0)


def test_an_id_that_comes_back_after_its_outcome_is_open_until_it_is_answered() -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.ended("a")
    ledger.placed(place("a", 9.0))
    assert [order.scheduled for order in ledger.open()] == [9.0]
    ledger.joined("a")
    assert ledger.open() == []


def test_two_sendings_that_are_refused_each_have_an_outcome_of_their_own() -> None:
    # An invalid order is not remembered by the router: both sendings end as invalid.
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.placed(place("a"))
    ledger.ended("a")
    ledger.ended("a")
    assert ledger.open() == []
    assert ledger.duplicated == 0


def test_an_answer_for_a_sending_that_never_was_is_reported() -> None:
    ledger = Ledger()
    ledger.joined("a")
    assert ledger.unexpected == 1


def test_nothing_is_kept_of_orders_that_are_over() -> None:
    ledger = Ledger()
    for _ in range(3):
        for _ in range(3):
            ledger.placed(place("a"))
        for _ in range(3):
            ledger.ended("a")
    assert ledger._open == {}
    assert ledger._again == {}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["placed", "ended", "joined"]))))
def test_the_book_counts_like_a_tally_of_sendings(steps: list[tuple[str, str]]) -> None:
    ledger = Ledger()
    tally = {"a": 0, "b": 0}
    wrong = 0
    for ref, step in steps:
        if step == "placed":
            ledger.placed(place(ref))
            tally[ref] += 1
        else:
            getattr(ledger, step)(ref)
            if tally[ref]:
                tally[ref] -= 1
            else:
                wrong += 1
    still_open = [order.ref for order in ledger.open()]
    assert {ref: still_open.count(ref) for ref in "ab"} == tally
    assert ledger.duplicated + ledger.unexpected == wrong


def test_clients_on_many_threads_may_send_one_id_while_it_ends() -> None:
    ledger = Ledger()
    sendings = 2_000
    handed = threading.Semaphore(0)

    def send() -> None:
        for number in range(sendings):
            ledger.placed(place(str(number % 7)))
            handed.release()

    senders = [threading.Thread(target=send) for _ in range(2)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for sender in senders:
            sender.start()
        strikes = {str(number): 0 for number in range(7)}
        for number in range(2 * sendings):
            handed.acquire()
            ref = next(iter(ledger.open())).ref if number % 50 == 0 else None
            if ref is not None:
                ledger.ended(ref)
                strikes[ref] += 1
        for sender in senders:
            sender.join()
    finally:
        sys.setswitchinterval(interval)
    expected = {str(n): 2 * len(range(n, sendings, 7)) - strikes[str(n)] for n in range(7)}
    left = [order.ref for order in ledger.open()]
    assert {ref: left.count(ref) for ref in expected} == expected
    assert (ledger.duplicated, ledger.unexpected) == (0, 0)
