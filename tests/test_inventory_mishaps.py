"""An inventory under bugs, watchers, crashes, and whatever comes."""

from __future__ import annotations

import sys
import threading
from functools import partial

import pytest
from changed import changed
from hypothesis import given, settings
from hypothesis import strategies as st
from lone_inventory import LoneInventory, add, commit, release, reserve, take

from actors.decisions.stock import Stock
from actors.inventory import Inventory
from actors.measure.journal import Detail, Event
from actors.measure.meters import BusyTime
from actors.messages import Answer, Message, Reserve
from actors.runtime.interception import Interceptor, Transit
from actors.runtime.threads import ThreadsRuntime
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.written_distributions import parse_distribution
from actors.testing import Stage


class Lavish(Inventory):
    """Forgets the check."""

    def grantable(self, request: Reserve) -> int:
        return request.quantity


def test_stock_below_zero_is_noticed_even_if_it_comes_back() -> None:
    lone = LoneInventory(5, inventory=Lavish)
    lone.hear(take("a", 8), add("r", 10))
    assert lone.inventory.lowest == -3
    assert lone.units == (7, 0)


class Watching:
    """A journal that looks at the lock and the stock whenever something happens."""

    def __init__(self) -> None:
        self.lone: LoneInventory | None = None
        self.events: list[tuple[str, str]] = []
        self.locked: list[bool] = []

    def __call__(self, event: Event) -> None:
        self.events.append((event.kind, event.text))
        if self.lone is not None:
            self.locked.append(self.lone.inventory._lock.locked())
            assert self.lone.inventory.stock.on_hand >= 0


def test_events_are_noted_and_the_lock_is_never_held_meanwhile() -> None:
    watching = Watching()
    runtime = VirtualRuntime(journal=watching, detail=Detail.EVERYTHING)
    lone = watching.lone = LoneInventory(3, runtime=runtime)
    lone.hear(reserve("a", 2), take("b", 2, "partial"), release("a"))
    assert watching.events == [
        ("reserved", "2 × A"),
        ("sold_out", ""),
        ("short", "1 of 2 × A"),
    ]
    assert watching.locked == [False] * 3


class LockWatch(Interceptor):
    """Looks at the lock whenever the inventory tells anybody anything."""

    def __init__(self) -> None:
        self.lone: LoneInventory | None = None
        self.locked: list[bool] = []

    def send(self, transit: Transit) -> None:
        if transit.sender == "inventory/A":
            assert self.lone is not None
            self.locked.append(self.lone.inventory._lock.locked())
        super().send(transit)


def test_the_lock_is_not_held_while_an_answer_is_told() -> None:
    watch = LockWatch()
    lone = watch.lone = LoneInventory(2, runtime=VirtualRuntime(interceptor=watch))
    lone.hear(take("a", 1), reserve("b", 4, "backorder"), add("r", 5), commit("b"))
    assert watch.locked == [False] * 4


# Crashes.


class Fragile(Inventory):
    """Crashes at every request for thirteen units."""

    def grantable(self, request: Reserve) -> int:
        if request.quantity == 13:
            raise ZeroDivisionError
        return super().grantable(request)


@pytest.mark.parametrize(("service", "times"), [("0ms", [0.0] * 3), ("2s", [2.0, 4.0, 6.0])])
def test_a_crash_is_answered_as_failed_and_the_others_are_served(
    service: str, times: list[float]
) -> None:
    lone = LoneInventory(20, service, inventory=Fragile)
    lone.hear(take("a", 1), take("b", 13), take("c", 1))
    assert [(answer.order_id, answer.failed) for answer in lone.probe.of(Answer)] == [
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    assert lone.probe.heard_at == times
    assert lone.units == (18, 0)


def test_a_crash_of_the_last_in_line_leaves_a_working_server() -> None:
    lone = LoneInventory(20, "2s", inventory=Fragile)
    lone.hear(take("a", 13))
    lone.hear(take("b", 1))
    assert lone.probe.heard_at == [2.0, 4.0]
    assert lone.stage.runtime.crashes == 1


class Jealous(Inventory):
    """Crashes after it has answered, when it should serve those who wait."""

    def _serve_backorders(self) -> None:
        raise ZeroDivisionError


def test_a_crash_after_the_answer_does_not_take_it_back() -> None:
    lone = LoneInventory(5, inventory=Jealous)
    lone.hear(reserve("a", 6, "backorder"))  # answers, then looks after those who wait
    lone.hear(add("r", 2))
    assert lone.probe.heard == [
        Answer("a", 1, 0, "A", 5, waiting=True),
        Answer("r", 1, 0, "A", 2),
    ]
    lone.hear(release("a"))
    assert lone.stage.runtime.crashes == 3
    assert len(lone.probe.heard) == 2


# Laws.

refs = st.sampled_from([f"order-{number}" for number in range(6)])
quantities = st.integers(1, 9)
fulfilments = st.sampled_from(("all_or_nothing", "partial", "backorder"))
steps = st.one_of(
    st.builds(reserve, refs, quantities, fulfilments, attempt=st.integers(1, 3)),
    st.builds(take, st.text("xyz", min_size=3, max_size=6), quantities, fulfilments),
    st.builds(add, st.text("rst", min_size=3, max_size=6), quantities),
    st.builds(commit, refs, st.integers(1, 3)),
    st.builds(release, refs, st.integers(1, 3)),
)


@settings(max_examples=100)
@given(st.integers(0, 12), st.lists(steps, max_size=40), st.sampled_from(["0ms", "2s"]))
def test_whatever_comes_nothing_is_lost_or_sold_twice(
    initial: int, messages: list[Message], service: str
) -> None:
    lone = LoneInventory(initial, service)
    inventory = lone.inventory
    for message in messages:
        lone.hear(message)
        stock = inventory.stock
        assert stock.on_hand == initial + inventory.restocked - inventory.sold
        assert 0 <= stock.reserved <= stock.on_hand
        assert stock.reserved == sum(held for _, held in inventory._held.values())
        if inventory._backorders:
            assert stock.available == 0
    for ref in list(inventory._held):
        lone.hear(release(ref, inventory._held.get(ref, (0, 0))[0]))
    assert inventory.stock.reserved == 0
    assert not inventory._backorders
    assert inventory.lowest >= 0


def test_a_reader_on_another_thread_sees_on_hand_and_reserved_as_one() -> None:
    stage, service = Stage(ThreadsRuntime()), parse_distribution("0ms")
    inventory = stage.spawn("inventory/A", partial(Inventory, "A", 4, service, BusyTime()))
    probe = stage.probe("processor/1").actor_ref
    torn: list[Stock] = []
    looks = 0
    done = threading.Event()

    def look() -> None:
        nonlocal looks
        while not done.is_set():
            stock = inventory.stock
            looks += 1
            # Four units, held or not, sold all at once and put back at once.
            if stock not in (Stock(4, 0), Stock(4, 4), Stock(0, 0)):
                torn.append(stock)

    reader = threading.Thread(target=look)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        reader.start()
        for number in range(1_000):
            stage.tell("inventory/A", changed(reserve(f"a{number}", 4), reply_to=probe))
            stage.tell("inventory/A", commit(f"a{number}"))
            stage.tell("inventory/A", changed(add(f"r{number}", 4), reply_to=probe))
        stage.play()
    finally:
        done.set()
        reader.join()
        sys.setswitchinterval(interval)
        stage.close()
    assert torn == []
    assert looks > 0
    assert inventory.sold == 4_000
