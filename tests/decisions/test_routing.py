from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.decisions.routing import STRATEGIES, OwnLines, Strategy
from actors.decisions.waiting_line import WaitingLine
from actors.messages import Line, Order, Place, Serve


@dataclass(frozen=True)
class Desk:
    """A processor, as strategies know it."""

    name: str


FIRST, SECOND, THIRD = DESKS = tuple(Desk(f"processor/{number}") for number in (1, 2, 3))
OWN_LINES = [name for name, strategy in STRATEGIES.items() if OwnLines in strategy.__mro__]


def serve_of(ref: str, *, priority: int = 0, client: str = "web-1") -> Serve:
    order = Order(
        id=ref, client=client, placed_at=0.0, priority=priority, lines=(Line("PHONE-X", 1),)
    )
    return Serve(order, Place(ref, b"", 0.0, "client/web-1", "web", "peak"), False)


def make(name: str, desks: Iterable[Desk] = DESKS) -> Strategy[Desk]:
    """A strategy whose processors are all there and free."""
    strategy: Strategy[Desk] = STRATEGIES[name](Random(1))
    for desk in desks:
        strategy.join(desk)
        assert strategy.free(desk) is None
    return strategy


def own_lines(name: str, desks: Iterable[Desk] = DESKS) -> OwnLines[Desk]:
    strategy = make(name, desks)
    assert isinstance(strategy, OwnLines)
    return strategy


def arrive(strategy: Strategy[Desk], serve: Serve) -> Desk | None:
    """Let an order arrive, and wait where nobody is free."""
    desk = strategy.arrive(serve)
    if desk is None:
        strategy.wait(serve)
    return desk


def ref_of(serve: Serve | None) -> str | None:
    return None if serve is None else serve.order.id


def test_there_are_five_strategies() -> None:
    assert set(STRATEGIES) == {"shared_queue", "round_robin", "random", "least_loaded", "hash"}


def test_a_waiting_line_serves_the_highest_priority_and_then_the_oldest() -> None:
    line = WaitingLine[Serve]()
    for ref, priority in (("a", 0), ("b", 5), ("c", 0), ("d", -1), ("e", 5)):
        line.join(serve_of(ref, priority=priority))
    assert len(line) == 5
    assert [ref_of(line.leave()) for _ in range(6)] == ["b", "e", "a", "c", "d", None]
    assert len(line) == 0


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=60))
def test_a_waiting_line_is_a_stable_sort_by_priority(steps: list[int | None]) -> None:
    line = WaitingLine[Serve]()
    model: list[tuple[int, int]] = []
    for number, priority in enumerate(steps):
        if priority is None:
            expected = min(model, default=None)
            if expected is not None:
                model.remove(expected)
            found = ref_of(line.leave())
            assert found == (None if expected is None else str(expected[1]))
        else:
            line.join(serve_of(str(number), priority=priority))
            model.append((-priority, number))
        assert len(line) == len(model)


def test_a_waiting_line_forgets_priorities_that_are_used_up() -> None:
    line = WaitingLine[Serve]()
    for priority in range(1_000):
        line.join(serve_of("x", priority=priority))
        assert line.leave() is not None
    assert len(line._lines) == len(line._priorities) == 1


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_single_processor_serves_one_order_at_a_time_first_come_first_served(name: str) -> None:
    strategy = make(name, [FIRST])
    assert arrive(strategy, serve_of("a")) == FIRST
    assert [arrive(strategy, serve_of(ref)) for ref in "bcd"] == [None] * 3
    assert strategy.waiting == 3
    assert [ref_of(strategy.free(FIRST)) for _ in range(4)] == ["b", "c", "d", None]
    assert strategy.waiting == 0
    assert arrive(strategy, serve_of("e")) == FIRST


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_heeds_priorities(name: str) -> None:
    strategy = make(name, [FIRST])
    arrive(strategy, serve_of("first"))
    for ref, priority in (("low", -1), ("normal", 0), ("high", 9)):
        arrive(strategy, serve_of(ref, priority=priority))
    assert [ref_of(strategy.free(FIRST)) for _ in range(3)] == ["high", "normal", "low"]


@pytest.mark.parametrize("name", STRATEGIES)
@given(steps=st.lists(st.integers(0, 5), max_size=80), clients=st.integers(1, 9))
def test_no_order_is_lost_and_nobody_serves_two(name: str, steps: list[int], clients: int) -> None:
    strategy = make(name)
    serving: dict[Desk, str] = {}
    waiting: set[str] = set()
    for number, step in enumerate(steps):
        ref = f"web-{number}"
        if step < 3:
            desk = arrive(strategy, serve_of(ref, client=f"web-{number % clients}"))
            if desk is None:
                waiting.add(ref)
            else:
                assert desk not in serving
                serving[desk] = ref
        elif DESKS[step - 3] in serving:
            del serving[DESKS[step - 3]]
            serve = strategy.free(DESKS[step - 3])
            if serve is not None:
                waiting.remove(serve.order.id)
                serving[DESKS[step - 3]] = serve.order.id
        assert strategy.waiting == len(waiting)


def test_the_shared_queue_gives_the_oldest_order_to_the_first_free_processor() -> None:
    strategy = make("shared_queue")
    assert [arrive(strategy, serve_of(ref)) for ref in "abc"] == list(DESKS)
    arrive(strategy, serve_of("d"))
    assert ref_of(strategy.free(SECOND)) == "d"
    # Free again in another order: who has been free the longest is first.
    for desk in (THIRD, FIRST, SECOND):
        assert strategy.free(desk) is None
    assert [arrive(strategy, serve_of(ref)) for ref in "efg"] == [THIRD, FIRST, SECOND]


def test_round_robin_takes_turns_even_if_another_is_free() -> None:
    strategy = make("round_robin")
    assert [arrive(strategy, serve_of(ref)) for ref in "abc"] == list(DESKS)
    strategy.free(THIRD)
    assert arrive(strategy, serve_of("d")) is None  # it is the turn of processor/1
    assert ref_of(strategy.free(FIRST)) == "d"


def test_the_least_loaded_processor_is_the_first_of_several() -> None:
    strategy = own_lines("least_loaded")
    assert [arrive(strategy, serve_of(ref)) for ref in "abcd"] == [*DESKS, None]
    assert [strategy.load(place) for place in range(3)] == [2, 1, 1]
    assert strategy.free(THIRD) is None
    assert arrive(strategy, serve_of("e")) == THIRD


def test_random_choice_reaches_every_processor_alike() -> None:
    strategy = own_lines("random")
    chosen = Counter(strategy.choose(serve_of("x")) for _ in range(3_000))
    assert set(chosen) == {0, 1, 2}
    assert all(abs(count - 1_000) < 150 for count in chosen.values())


def test_hash_gives_one_client_one_processor() -> None:
    strategy = own_lines("hash")
    places = {
        client: {strategy.choose(serve_of(str(n), client=client)) for n in range(5)}
        for client in (f"web-{number}" for number in range(60))
    }
    assert all(len(found) == 1 for found in places.values())
    assert len(set.union(*places.values())) == len(DESKS)


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_hash_is_the_same_in_another_process(hash_seed: str) -> None:
    clients = [f"client-{number}" for number in range(20)] + ["Łódź", "東京"]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from random import Random\n"
        "from actors.messages import Line, Order, Place, Serve\n"
        "from actors.decisions.routing import STRATEGIES\n"
        "class Desk:\n"
        "    def __init__(self, name):\n"
        "        self.name = name\n"
        "strategy = STRATEGIES['hash'](Random(1))\n"
        "for name in 'abc':\n"
        "    strategy.join(Desk(name))\n"
        "for client in sys.argv[2:]:\n"
        "    order = Order(id='x', client=client, placed_at=0.0, lines=(Line('A', 1),))\n"
        "    place = Place('x', b'', 0.0, 'c', 'g', '')\n"
        "    print(strategy.choose(Serve(order, place, False)))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, os.getcwd(), *clients],  # noqa: PTH109 - a plain string
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    strategy = own_lines("hash")
    assert [int(line) for line in found.split()] == [
        strategy.choose(serve_of("x", client=client)) for client in clients
    ]


# Processors that come and go.


@pytest.mark.parametrize("name", STRATEGIES)
def test_who_joins_is_busy_until_it_is_said_to_be_free(name: str) -> None:
    strategy: Strategy[Desk] = STRATEGIES[name](Random(1))
    strategy.join(FIRST)
    assert arrive(strategy, serve_of("a")) is None
    assert ref_of(strategy.free(FIRST)) == "a"
    assert strategy.free(FIRST) is None
    assert arrive(strategy, serve_of("b")) is FIRST


@pytest.mark.parametrize("name", STRATEGIES)
def test_orders_that_arrive_before_any_processor_joined_are_served(name: str) -> None:
    strategy: Strategy[Desk] = STRATEGIES[name](Random(1))
    for ref, priority in (("a", 0), ("b", 0), ("urgent", 5)):
        assert arrive(strategy, serve_of(ref, priority=priority)) is None
    assert strategy.waiting == 3
    strategy.join(SECOND)
    assert strategy.waiting == 3
    assert [ref_of(strategy.free(SECOND)) for _ in range(4)] == ["urgent", "a", "b", None]
    assert strategy.waiting == 0


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_processor_that_leaves_is_given_no_order(name: str) -> None:
    strategy = make(name)
    assert list(strategy.leave(SECOND)) == []
    desks = [arrive(strategy, serve_of(str(number), client=str(number))) for number in range(20)]
    assert set(desks) == {FIRST, THIRD, None}


@pytest.mark.parametrize("name", OWN_LINES)
def test_orders_that_waited_for_a_processor_that_leaves_are_returned(name: str) -> None:
    strategy = own_lines(name)
    for number in range(12):
        arrive(strategy, serve_of(str(number), priority=number % 2, client=str(number)))
    place = max(range(3), key=lambda place: len(strategy.lines[place]))
    desk, waited, waiting = DESKS[place], len(strategy.lines[place]), strategy.waiting
    assert waited
    returned = strategy.leave(desk)
    assert len(returned) == waited
    assert strategy.waiting == waiting - waited
    priorities = [serve.order.priority for serve in returned]
    assert priorities == sorted(priorities, reverse=True)
    assert strategy.processors == [other for other in DESKS if other is not desk]
    assert len(strategy.lines) == len(strategy.busy) == 2


def test_what_waits_in_the_one_line_waits_for_nobody_that_leaves() -> None:
    strategy = make("shared_queue", [FIRST, SECOND])
    for ref in "abcd":
        arrive(strategy, serve_of(ref))
    assert list(strategy.leave(FIRST)) == []
    assert strategy.waiting == 2
    assert [ref_of(strategy.free(SECOND)) for _ in range(3)] == ["c", "d", None]


@pytest.mark.parametrize("name", OWN_LINES)
@given(
    numbers=st.sets(st.integers(1, 30), min_size=1, max_size=12),
    rest=st.sets(st.integers(31, 40)),
    dice=st.randoms(use_true_random=False),
)
def test_the_same_processors_have_the_same_places_in_whatever_order_they_came(
    name: str, numbers: set[int], rest: set[int], dice: Random
) -> None:
    in_order = [Desk(f"processor/{number}") for number in sorted(numbers)]
    gone = [Desk(f"processor/{number}") for number in rest]
    shuffled = [*in_order, *gone]
    dice.shuffle(shuffled)
    one, other = own_lines(name, in_order), own_lines(name, shuffled)
    for desk in gone:
        other.leave(desk)
    assert one.processors == other.processors == in_order
    orders = [serve_of(str(number), client=f"web-{number % 7}") for number in range(40)]
    assert [arrive(one, order) for order in orders] == [arrive(other, order) for order in orders]


@pytest.mark.parametrize(
    "names",
    [
        ["processor/1", "processor/2", "processor/10", "processor/11"],
        ["a", "b", "b2", "b10", "c"],
        ["2", "10", "till", "till-1", "till-2/1", "till-2/10"],
    ],
)
def test_places_are_in_the_order_of_names_and_of_numbers_in_them(names: list[str]) -> None:
    for desks in (list(map(Desk, names)), list(map(Desk, reversed(names)))):
        assert [desk.name for desk in own_lines("round_robin", desks).processors] == names


class Floor:
    """What is to be true of a strategy whose processors come and go, in the simplest words."""

    def __init__(self, strategy: Strategy[Desk]) -> None:
        self.strategy = strategy
        self.there: set[Desk] = set()
        self.serving: dict[Desk, str] = {}
        self.waiting: set[str] = set()
        self.served: list[str] = []

    def arrive(self, serve: Serve) -> None:
        desk = arrive(self.strategy, serve)
        if desk is None:
            self.waiting.add(serve.order.id)
        else:
            self.take(desk, serve)

    def take(self, desk: Desk, serve: Serve) -> None:
        assert desk in self.there
        assert desk not in self.serving
        self.serving[desk] = serve.order.id
        self.served.append(serve.order.id)

    def free(self, desk: Desk) -> None:
        serve = self.strategy.free(desk)
        if serve is not None:
            self.waiting.remove(serve.order.id)
            self.take(desk, serve)

    def finish(self, desk: Desk) -> None:
        if self.serving.pop(desk, None) is not None and desk in self.there:
            self.free(desk)

    def join(self, desk: Desk) -> None:
        if desk not in self.there and desk not in self.serving:
            self.there.add(desk)
            self.strategy.join(desk)
            self.free(desk)

    def leave(self, desk: Desk) -> None:
        if desk in self.there:
            self.there.remove(desk)
            for serve in self.strategy.leave(desk):
                self.waiting.remove(serve.order.id)
                self.arrive(serve)


@pytest.mark.parametrize("name", STRATEGIES)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["arrive", "arrive", "arrive", "finish", "finish", "join", "leave"]),
            st.integers(0, 3),
        ),
        max_size=80,
    )
)
def test_no_order_is_lost_or_served_twice_whoever_comes_and_goes(
    name: str, steps: list[tuple[str, int]]
) -> None:
    floor = Floor(STRATEGIES[name](Random(1)))
    desks = [*DESKS, Desk("processor/12")]
    arrived = 0
    for step, number in steps:
        match step:
            case "arrive":
                floor.arrive(serve_of(str(arrived), priority=number % 2, client=f"web-{number}"))
                arrived += 1
            case "finish":
                floor.finish(desks[number])
            case "join":
                floor.join(desks[number])
            case _:
                floor.leave(desks[number])
        assert floor.strategy.waiting == len(floor.waiting)
        assert len(floor.served) + len(floor.waiting) == arrived
    for desk in desks:
        floor.finish(desk)
        floor.join(desk)
    while floor.serving:
        for desk in desks:
            floor.finish(desk)
    assert sorted(floor.served, key=int) == [str(number) for number in range(arrived)]
    assert floor.strategy.waiting == 0
