from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.decisions.routing import STRATEGIES, OwnLines, Strategy, WaitingLine
from actors.messages import Line, Order, Place, Serve

NAMES = ("processor/1", "processor/2", "processor/3")


def serve_of(ref: str, *, priority: int = 0, client: str = "web-1") -> Serve:
    order = Order(
        id=ref, client=client, placed_at=0.0, priority=priority, lines=(Line("PHONE-X", 1),)
    )
    return Serve(order, Place(ref, b"", 0.0, "client/web-1", "web", "peak"), False)


def make(name: str, processors: tuple[str, ...] = NAMES) -> Strategy:
    return STRATEGIES[name](processors, Random(1))


def arrive(strategy: Strategy, serve: Serve) -> str | None:
    """Let an order arrive, and wait where nobody is free."""
    processor = strategy.arrive(serve)
    if processor is None:
        strategy.wait(serve)
    return processor


def ref_of(serve: Serve | None) -> str | None:
    return None if serve is None else serve.order.id


def test_there_are_five_strategies() -> None:
    assert set(STRATEGIES) == {"shared_queue", "round_robin", "random", "least_loaded", "hash"}


def test_a_waiting_line_serves_the_highest_priority_and_then_the_oldest() -> None:
    line = WaitingLine()
    for ref, priority in (("a", 0), ("b", 5), ("c", 0), ("d", -1), ("e", 5)):
        line.join(serve_of(ref, priority=priority))
    assert len(line) == 5
    assert [ref_of(line.leave()) for _ in range(6)] == ["b", "e", "a", "c", "d", None]
    assert len(line) == 0


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=60))
def test_a_waiting_line_is_a_stable_sort_by_priority(steps: list[int | None]) -> None:
    line = WaitingLine()
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
    line = WaitingLine()
    for priority in range(1_000):
        line.join(serve_of("x", priority=priority))
        assert line.leave() is not None
    assert len(line._lines) == len(line._priorities) == 1


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_single_processor_serves_one_order_at_a_time_first_come_first_served(name: str) -> None:
    strategy = make(name, NAMES[:1])
    assert arrive(strategy, serve_of("a")) == NAMES[0]
    assert [arrive(strategy, serve_of(ref)) for ref in "bcd"] == [None] * 3
    assert strategy.waiting == 3
    assert [ref_of(strategy.free(NAMES[0])) for _ in range(4)] == ["b", "c", "d", None]
    assert strategy.waiting == 0
    assert arrive(strategy, serve_of("e")) == NAMES[0]


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_heeds_priorities(name: str) -> None:
    strategy = make(name, NAMES[:1])
    arrive(strategy, serve_of("first"))
    for ref, priority in (("low", -1), ("normal", 0), ("high", 9)):
        arrive(strategy, serve_of(ref, priority=priority))
    assert [ref_of(strategy.free(NAMES[0])) for _ in range(3)] == ["high", "normal", "low"]


@pytest.mark.parametrize("name", STRATEGIES)
@given(steps=st.lists(st.integers(0, 5), max_size=80), clients=st.integers(1, 9))
def test_no_order_is_lost_and_nobody_serves_two(name: str, steps: list[int], clients: int) -> None:
    strategy = make(name)
    serving: dict[str, str] = {}
    waiting: set[str] = set()
    for number, step in enumerate(steps):
        ref = f"web-{number}"
        if step < 3:
            processor = arrive(strategy, serve_of(ref, client=f"web-{number % clients}"))
            if processor is None:
                waiting.add(ref)
            else:
                assert processor not in serving
                serving[processor] = ref
        elif NAMES[step - 3] in serving:
            del serving[NAMES[step - 3]]
            serve = strategy.free(NAMES[step - 3])
            if serve is not None:
                waiting.remove(serve.order.id)
                serving[NAMES[step - 3]] = serve.order.id
        assert strategy.waiting == len(waiting)


def test_the_shared_queue_gives_the_oldest_order_to_the_first_free_processor() -> None:
    strategy = make("shared_queue")
    assert [arrive(strategy, serve_of(ref)) for ref in "abc"] == list(NAMES)
    arrive(strategy, serve_of("d"))
    assert ref_of(strategy.free("processor/2")) == "d"
    # Free again in another order: who has been free the longest is first.
    for name in ("processor/3", "processor/1", "processor/2"):
        assert strategy.free(name) is None
    assert [arrive(strategy, serve_of(ref)) for ref in "efg"] == [
        "processor/3",
        "processor/1",
        "processor/2",
    ]


def test_round_robin_takes_turns_even_if_another_is_free() -> None:
    strategy = make("round_robin")
    assert [arrive(strategy, serve_of(ref)) for ref in "abc"] == list(NAMES)
    strategy.free("processor/3")
    assert arrive(strategy, serve_of("d")) is None  # it is the turn of processor/1
    assert ref_of(strategy.free("processor/1")) == "d"


def test_the_least_loaded_processor_is_the_first_of_several() -> None:
    strategy = make("least_loaded")
    assert [arrive(strategy, serve_of(ref)) for ref in "abcd"] == [*NAMES, None]
    assert isinstance(strategy, OwnLines)
    assert [strategy.load(place) for place in range(3)] == [2, 1, 1]
    assert strategy.free("processor/3") is None
    assert arrive(strategy, serve_of("e")) == "processor/3"


def test_random_choice_reaches_every_processor_alike() -> None:
    strategy = make("random")
    assert isinstance(strategy, OwnLines)
    chosen = Counter(strategy.choose(serve_of("x")) for _ in range(3_000))
    assert set(chosen) == {0, 1, 2}
    assert all(abs(count - 1_000) < 150 for count in chosen.values())


def test_hash_gives_one_client_one_processor() -> None:
    strategy = make("hash")
    assert isinstance(strategy, OwnLines)
    places = {
        client: {strategy.choose(serve_of(str(n), client=client)) for n in range(5)}
        for client in (f"web-{number}" for number in range(60))
    }
    assert all(len(found) == 1 for found in places.values())
    assert len(set.union(*places.values())) == len(NAMES)


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_hash_is_the_same_in_another_process(hash_seed: str) -> None:
    clients = [f"client-{number}" for number in range(20)] + ["Łódź", "東京"]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from random import Random\n"
        "from actors.messages import Line, Order, Place, Serve\n"
        "from actors.decisions.routing import STRATEGIES\n"
        "strategy = STRATEGIES['hash'](('a', 'b', 'c'), Random(1))\n"
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
    strategy = make("hash")
    assert isinstance(strategy, OwnLines)
    assert [int(line) for line in found.split()] == [
        strategy.choose(serve_of("x", client=client)) for client in clients
    ]
