from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.common.random_streams import Stream
from actors.measure.journal import EventKind
from actors.measure.meters import Level
from actors.messages import Line, Order, Place, Serve
from actors.rabbitmq.both.topology import shard_of
from actors.rabbitmq.both.wire import Gone, Here, Labours
from actors.rabbitmq.run.membership import Membership
from actors.rabbitmq.run.sharding import Sharded, shard_name
from actors.rabbitmq.worker.shard_subscriptions import owned
from actors.ref import Ref
from actors.testing import Stage


def serve_of(ref: str, *skus: str) -> Serve:
    order = Order(id=ref, client="c", placed_at=0.0, lines=tuple(Line(sku, 1) for sku in skus))
    return Serve(order, Place(ref, b"", 0.0, "client/c", "g", "p"), queued=False)


def sharded(
    *, capacity: int = 2, limit: int | None = None, applied: str = "", line: Level | None = None
) -> Sharded:
    """The strategy, before any shard has introduced itself."""
    return Sharded(
        Stream(1, 0, "router", "strategy"),
        shards=16,
        capacity=lambda: capacity,
        clock=lambda: 0.0,
        limit=limit,
        applied=lambda order_id: order_id == applied,
        line=line or Level(),
    )


@pytest.fixture
def shards(stage: Stage) -> list[Ref[Serve]]:
    """Those who stand for shards, by number."""
    return [stage.probe(shard_name(number)).actor_ref for number in range(16)]


def joined(strategy: Sharded, shards: Sequence[Ref[Serve]]) -> Sharded:
    """The strategy, once these have said that they are free."""
    for shard in shards:
        strategy.join(shard)
        assert strategy.free(shard) is None
    return strategy


def test_an_order_goes_to_the_shard_of_its_first_product(shards: list[Ref[Serve]]) -> None:
    strategy = joined(sharded(), shards)
    assert strategy.arrive(serve_of("a", "TEA", "RUM")) == shards[shard_of("TEA", 16)]
    assert strategy.arrive(serve_of("b", "RUM", "TEA")) == shards[shard_of("RUM", 16)]


@given(order=st.permutations(range(16)))
def test_it_does_not_matter_in_which_order_shards_introduce_themselves(order: list[int]) -> None:
    stage = Stage()
    shards = [stage.probe(shard_name(number)).actor_ref for number in range(16)]
    strategy = joined(sharded(), [shards[number] for number in order])
    for sku in ("TEA", "RUM", "WINE"):
        assert strategy.arrive(serve_of(sku, sku)) is shards[shard_of(sku, 16)]


def test_orders_wait_for_a_shard_that_has_not_introduced_itself(shards: list[Ref[Serve]]) -> None:
    strategy = sharded(capacity=1)
    early = [serve_of(f"o-{number}", "TEA") for number in range(3)]
    for serve in early:
        assert strategy.arrive(serve) is None
        strategy.wait(serve)
    assert strategy.waiting == 2
    shard = shards[shard_of("TEA", 16)]
    strategy.join(shard)
    assert [strategy.free(shard) for _ in range(4)] == [*early, None]
    assert strategy.waiting == 0


def test_a_product_has_the_same_shard_in_every_process() -> None:
    program = "from actors.rabbitmq.both.topology import shard_of; print(shard_of('PHONE-X', 16))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) == shard_of("PHONE-X", 16)


def test_orders_beyond_what_workers_serve_at_once_stand_in_line(shards: list[Ref[Serve]]) -> None:
    line = Level()
    strategy = joined(sharded(capacity=2, line=line), shards)
    for number in range(5):
        strategy.arrive(serve_of(f"o-{number}", "TEA"))
    assert strategy.waiting == line.largest(0.0) == 3
    for _ in range(5):
        assert strategy.free(shards[0]) is None
    assert strategy.waiting == 0


def test_a_full_line_takes_no_more_but_what_had_its_effect_before(
    shards: list[Ref[Serve]],
) -> None:
    strategy = joined(sharded(capacity=1, limit=2, applied="known"), shards)
    assert all(strategy.arrive(serve_of(f"o-{number}", "TEA")) for number in range(3))
    assert strategy.arrive(serve_of("late", "TEA")) is None
    assert strategy.arrive(serve_of("known", "TEA")) is not None
    assert strategy.waiting >= 2  # by which the router knows that it must refuse


@given(workers=st.integers(1, 20), shards=st.integers(1, 32))
def test_every_shard_has_one_owner_and_the_shares_are_even(workers: int, shards: int) -> None:
    membership = [f"w-{number}" for number in range(workers)]
    shares = [owned(worker, membership, shards) for worker in membership]
    assert sorted(shard for share in shares for shard in share) == list(range(shards))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_who_is_no_member_owns_nothing() -> None:
    assert owned("stranger", ["w-1"], 16) == frozenset()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def told() -> list[tuple[str, EventKind]]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def membership(told: list[tuple[str, EventKind]], clock: Clock) -> Membership:
    return Membership(lambda name, kind, _words: told.append((name, kind)), clock)


def here(worker: str, processors: int = 4, orders: int = 0) -> Here:
    return Here(worker=worker, processors=processors, labours=Labours(orders=orders))


def test_workers_are_told_once_when_they_join_and_once_when_they_leave(
    membership: Membership, told: list[tuple[str, EventKind]]
) -> None:
    assert membership.here(here("a"))
    assert not membership.here(here("a"))
    assert membership.gone(Gone(worker="a", labours=Labours(orders=7)))
    assert not membership.gone(Gone(worker="a", labours=Labours(orders=7)))
    assert told == [("a", "joined"), ("a", "left")]
    assert membership.members["a"].labours.orders == 7
    assert (membership.joined, membership.lost, membership.capacity) == (1, 0, 0)


def test_a_worker_that_falls_silent_is_lost_and_its_work_still_counts(
    membership: Membership, clock: Clock, told: list[tuple[str, EventKind]]
) -> None:
    membership.here(here("a", orders=3))
    clock.now = 4.0
    membership.here(here("b"))
    clock.now = 5.5
    assert membership.forget_silent()
    assert not membership.forget_silent()
    assert membership.present == ("b",)
    assert told[-1] == ("a", "lost")
    assert membership.members["a"].labours.orders == 3
    assert membership.capacity == 4


def test_a_worker_that_comes_back_joins_at_the_end(membership: Membership) -> None:
    membership.here(here("a"))
    membership.here(here("b"))
    assert membership.dead("a", "killed by signal 9")
    assert not membership.dead("a", "killed by signal 9")
    membership.here(here("a"))
    assert membership.present == ("b", "a")
    assert (membership.joined, membership.lost) == (3, 1)
