"""What happens at one moment of virtual time, and in which order."""

from __future__ import annotations

from functools import partial

import pytest
from speaker import Speaker

from actors.inventory import Inventory
from actors.measure.meters import BusyTime
from actors.messages import Answer, Message, Reserve
from actors.runtime.actor import receives
from actors.scenario.loader import load_text
from actors.scenario.written_distributions import parse_distribution
from actors.simulation import Simulation
from actors.testing import Stage


class Say(Message, frozen=True):
    """Write down a word."""

    word: str


class Scribe(Speaker):
    """Writes down what it hears, and sends what it was asked to."""

    def __init__(self, book: list[str], *, echo: str = "") -> None:
        super().__init__()
        self.book = book
        self.echo = echo

    @receives(Say)
    def say(self, say: Say) -> None:
        """Write, and pass a word on at once."""
        self.book.append(f"{self.name} {say.word}")
        if self.echo and not say.word.startswith("echo"):
            self.tell(self.echo, Say(f"echo of {say.word}"))
            self.after(0.0, Say(f"echo at {self.name}"))


def test_timers_of_one_moment_come_first_in_the_order_in_which_they_were_set() -> None:
    stage, book = Stage(), list[str]()
    a = stage.spawn("a", partial(Scribe, book, echo="b"))
    b = stage.spawn("b", partial(Scribe, book))
    b.after(2.0, Say("first set"))
    a.at(2.0, Say("second set"))
    a.after(2.0, Say("third set"))
    b.at(2.0, Say("fourth set"))
    stage.play()
    assert book == [
        "b first set",
        "a second set",
        "a third set",
        "b fourth set",
        # What those set going follows, in the order in which they did, timers for now included.
        "b echo of second set",
        "a echo at a",
        "b echo of third set",
        "a echo at a",
    ]


class Customer(Speaker):
    """Hears an inventory's answers; at each it sets a timer as long as the inventory's service."""

    def __init__(self, sold: list[int], shelf: Inventory) -> None:
        super().__init__()
        self.sold = sold
        self.shelf = shelf

    @receives(Answer)
    def answered(self, _answer: Answer) -> None:
        """Come back as long after as a request takes."""
        self.after(1.0, Say("back"))

    @receives(Say)
    def back(self, _back: Say) -> None:
        """How many units have been sold by now?"""
        self.sold.append(self.shelf.sold)


def test_an_inventory_begins_its_next_request_before_it_answers_the_last() -> None:
    stage, sold = Stage(), list[int]()
    second = parse_distribution("1s")
    shelf = stage.spawn("inventory/TEA", lambda: Inventory("TEA", 9, second, BusyTime()))
    customer = stage.spawn("customer", lambda: Customer(sold, shelf)).actor_ref
    for number in (1, 2, 3):
        stage.tell("inventory/TEA", Reserve(f"order-{number}", 1, 0, 1, "partial", True, customer))
    stage.play()
    # At 2 s the second request is over before the customer of the first is back, and so on.
    assert sold == [2, 3, 3]


TWO_SHELVES = """\
stocksim: 1
products: {A: {stock: 100}, B: {stock: 1}}
processors: {count: 2, service_time: 1s}
inventory: {service_time: 1s}
clients:
  first: {arrivals: even, phases: {day: {duration: 1s, rate: 1/s}}, orders: {sku: {B: 1}}}
  second: {arrivals: even, phases: {day: {duration: 1s, rate: 1/s}}, orders: {sku: {B: 1}}}
"""


@pytest.mark.parametrize("seed", range(5))
def test_the_last_unit_goes_to_the_order_that_was_placed_first_at_one_moment(seed: int) -> None:
    result = Simulation(load_text(TWO_SHELVES, name="tie"), seed=seed).run()
    assert result.groups["first"].orders.fulfilled == 1
    assert result.groups["second"].orders.rejected_by == {"out_of_stock": 1}
    other = TWO_SHELVES.replace("first:", "FIRST:").replace("second:", "first:")
    result = Simulation(load_text(other.replace("FIRST:", "second:"), name="tie"), seed=seed).run()
    assert result.groups["second"].orders.fulfilled == 1


BUSY = """\
stocksim: 1
products: {A: {stock: 100}}
processors: {service_time: 1s}
clients:
  early: {phases: {day: {duration: 1s, rate: 0/s, burst: 3}}}
  late:
    arrivals: even
    phases: {before: {duration: 500ms, rate: 0/s}, then: {duration: 1s, rate: 1/s}}
"""


def test_an_order_that_arrives_as_a_processor_becomes_free_stands_behind_those_that_wait() -> None:
    """Three come at 0 s; at 1 s the first is over, and another comes."""
    result = Simulation(load_text(BUSY, name="line")).run()
    assert result.groups["early"].wait_s.max == 2.0
    assert result.groups["late"].orders.placed == 1
    assert result.groups["late"].wait_s.max == 2.0
