from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest
from changed import changed
from hypothesis import given
from hypothesis import strategies as st
from nobody import NOBODY

from actors.measure.ledger import EXAMPLES, RECENT, Ledger
from actors.messages import Luck, Place


def place(ref: str, at: float = 0.0) -> Place:
    return Place(ref, b"", at, "client/web-1", "web", "peak")


def faults(ledger: Ledger) -> tuple[int, int, int]:
    return ledger.duplicated, ledger.unexpected, ledger.changed


def test_an_order_is_open_until_it_ends() -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.placed(place("b"))
    assert [order.ref for order in ledger.open()] == ["a", "b"]
    ledger.ended([place("a")])
    assert [order.ref for order in ledger.open()] == ["b"]
    assert len(ledger) == 1
    assert faults(ledger) == (0, 0, 0)


def test_a_second_outcome_is_duplicated_and_named() -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.ended([place("a")])
    ledger.ended([place("a")])
    assert (ledger.duplicated, ledger.unexpected) == (1, 0)
    assert ledger.examples == ["a ended twice"]


def test_an_outcome_out_of_nowhere_is_unexpected_and_named() -> None:
    ledger = Ledger()
    ledger.ended([place("a")])
    assert (ledger.duplicated, ledger.unexpected) == (0, 1)
    assert ledger.examples == ["a ended and was never placed"]


def test_only_a_few_examples_are_kept() -> None:
    ledger = Ledger()
    for number in range(EXAMPLES + 3):
        ledger.ended([place(str(number))])
    assert len(ledger.examples) == EXAMPLES
    assert ledger.unexpected == EXAMPLES + 3


@pytest.mark.parametrize("first", ["ended", "joined"])
def test_an_id_sent_again_needs_one_outcome_and_one_answer_in_either_order(first: str) -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.placed(place("a", 1.0))
    assert len(ledger) == 2
    if first == "ended":
        ledger.ended([place("a")])
        ledger.joined(place("a", 1.0))
    else:
        ledger.joined(place("a", 1.0))
        ledger.ended([place("a")])
    assert ledger.open() == []
    assert faults(ledger) == (0, 0, 0)


def test_an_id_that_comes_back_after_its_outcome_is_open_until_it_is_answered() -> None:
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.ended([place("a")])
    ledger.placed(place("a", 9.0))
    assert [order.scheduled for order in ledger.open()] == [9.0]
    ledger.joined(place("a", 9.0))
    assert ledger.open() == []


def test_two_sendings_that_are_refused_each_have_an_outcome_of_their_own() -> None:
    # An invalid order is not remembered by the router: both sendings end as invalid.
    ledger = Ledger()
    ledger.placed(place("a"))
    ledger.placed(place("a"))
    ledger.ended([place("a")])
    ledger.ended([place("a")])
    assert ledger.open() == []
    assert ledger.duplicated == 0


def test_an_answer_for_a_sending_that_never_was_is_reported() -> None:
    ledger = Ledger()
    ledger.joined(place("a"))
    assert ledger.unexpected == 1


def test_nothing_is_kept_of_orders_that_are_over() -> None:
    ledger = Ledger()
    for _ in range(3):
        for _ in range(3):
            ledger.placed(place("a"))
        for _ in range(3):
            ledger.ended([place("a")])
    assert ledger._open == {}
    assert ledger._again == {}


# Envelopes.


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"{}"},
        {"scheduled": 2.0},
        {"sender": "client/web-2"},
        {"group": "depot"},
        {"phase": "night"},
        {"reply_to": NOBODY},
        {"luck": Luck(service=0.25)},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("strike", ["ended", "joined"])
def test_an_envelope_that_comes_back_changed_is_counted_named_and_struck(
    change: dict[str, object], strike: str
) -> None:
    ledger = Ledger()
    ledger.placed(place("a", 1.0))
    back = changed(place("a", 1.0), **change)
    if strike == "ended":
        ledger.ended([back])
    else:
        ledger.joined(back)
    assert faults(ledger) == (0, 0, 1)
    assert ledger.examples == ["a came back in another envelope"]
    assert ledger.open() == []


def test_a_copy_of_an_envelope_is_as_good_as_the_envelope() -> None:
    # Over a broker what comes back was written down and read again.
    ledger = Ledger()
    ledger.placed(place("a", 1.0))
    ledger.ended([place("a", 1.0)])
    assert faults(ledger) == (0, 0, 0)
    assert ledger.open() == []


@given(st.permutations(range(5)), st.integers(0, 5), st.booleans())
def test_of_several_sendings_each_is_struck_by_its_own_envelope_in_any_order(
    order: list[int], strikes: int, copied: bool
) -> None:
    ledger = Ledger()
    sendings = [place("a", float(number)) for number in range(5)]
    for sending in sendings:
        ledger.placed(sending)
    for number in order[:strikes]:
        ledger.ended([place("a", float(number)) if copied else sendings[number]])
    left = [float(number) for number in range(5) if number not in order[:strikes]]
    assert [sending.scheduled for sending in ledger.open()] == left
    assert faults(ledger) == (0, 0, 0)


def test_of_sendings_that_are_alike_the_very_one_that_came_back_is_struck() -> None:
    ledger = Ledger()
    first, second = place("a"), place("a")
    ledger.placed(first)
    ledger.placed(second)
    ledger.ended([second])
    assert ledger.open()[0] is first


def test_a_changed_envelope_of_several_strikes_the_oldest() -> None:
    ledger = Ledger()
    for at in (1.0, 2.0, 3.0):
        ledger.placed(place("a", at))
    ledger.ended([place("a", 9.0)])
    assert [sending.scheduled for sending in ledger.open()] == [2.0, 3.0]
    assert faults(ledger) == (0, 0, 1)


def test_repeated_are_the_clients_that_wait_for_the_outcome_of_another_sending() -> None:
    ledger = Ledger()
    waiting = changed(place("a", 2.0), reply_to=NOBODY)
    for sending in (place("a"), place("a", 1.0), waiting):
        ledger.placed(sending)
    ledger.joined(place("a", 1.0))
    assert ledger.repeated == 0
    ledger.joined(waiting)
    assert ledger.repeated == 1
    ledger.ended([place("a")])
    assert ledger.repeated == 1
    assert faults(ledger) == (0, 0, 0)


def test_an_outcome_is_forgotten_after_a_thousand_more_and_then_unexpected() -> None:
    ledger = Ledger()
    for number in range(RECENT + 1):
        ledger.placed(place(str(number)))
        ledger.ended([place(str(number))])
    ledger.ended([place("1")])
    ledger.ended([place("0")])
    assert (ledger.duplicated, ledger.unexpected) == (1, 1)


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
            if step == "ended":
                ledger.ended([place(ref)])
            else:
                ledger.joined(place(ref))
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
            oldest = next(iter(ledger.open())) if number % 50 == 0 else None
            if oldest is not None:
                ledger.ended([oldest])
                strikes[oldest.ref] += 1
        for sender in senders:
            sender.join()
    finally:
        sys.setswitchinterval(interval)
    expected = {str(n): 2 * len(range(n, sendings, 7)) - strikes[str(n)] for n in range(7)}
    left = [order.ref for order in ledger.open()]
    assert {ref: left.count(ref) for ref in expected} == expected
    assert faults(ledger) == (0, 0, 0)


class Meanwhile:
    """A lock at whose door somebody else does something, once."""

    def __init__(self, deed: Callable[[], None]) -> None:
        self._deeds = [deed]

    def __enter__(self) -> None:
        if self._deeds:
            self._deeds.pop()()

    def __exit__(self, *_: object) -> None:
        pass


def test_a_sending_that_comes_while_another_of_its_id_is_struck_stays_open() -> None:
    ledger = Ledger()
    sendings = [place("a", float(number)) for number in range(3)]
    ledger.placed(sendings[0])
    ledger.placed(sendings[1])
    ledger._lock = Meanwhile(lambda: ledger.placed(sendings[2]))  # type: ignore[assignment]
    ledger.ended([sendings[1]])
    assert sorted(sending.scheduled for sending in ledger.open()) == [0.0, 2.0]
