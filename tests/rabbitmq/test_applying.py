"""What a batch does to stock is what the same orders do anywhere."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random
from typing import cast

import pytest
from pika.channel import Channel

from actors.messages import Fulfilment, Kind, Line, Order
from actors.rabbitmq.both.wire import Job, OrderEnd, StoredOrder, decode
from actors.rabbitmq.worker.applying import Applier, UnknownProduct, play_orders
from actors.rabbitmq.worker.server_pool import DeliveredMessage, DeliveredOrder
from actors.stores.opening import open_store
from actors.stores.store import StockRow

CHANNEL = cast("Channel", object())
STOCK = {"RUM": 6, "TEA": 10, "WINE": 0}


def row(sku: str, units: int) -> StockRow:
    return StockRow(sku, units, 0, 0, units, units, 0, 0, 0)


def rows() -> dict[str, StockRow]:
    return {sku: row(sku, units) for sku, units in STOCK.items()}


def job(order_id: str, *lines: tuple[str, int], kind: Kind = "sale") -> Job:
    order = Order(
        id=order_id,
        client="c",
        kind=kind,
        placed_at=0.0,
        lines=tuple(Line(sku, quantity) for sku, quantity in lines),
    )
    return Job(scenario="s", order=order, scheduled=0.0, sender="client/c", group="g", phase="")


def deliveries(*jobs: Job) -> list[DeliveredOrder]:
    return [
        DeliveredOrder(DeliveredMessage(0, CHANNEL, tag), each) for tag, each in enumerate(jobs)
    ]


def test_the_stock_that_one_order_leaves_is_the_next_ones() -> None:
    serves = [job(f"o-{number}", ("TEA", 4)).serve() for number in range(3)]
    left, told = play_orders(serves, rows(), "all_or_nothing")
    assert [done.status for done in told] == ["fulfilled", "fulfilled", "rejected"]
    assert left["TEA"] == row("TEA", 10)._replace(on_hand=2, sold=8)


def test_partial_sells_what_there_is() -> None:
    serves = [job("o", ("TEA", 4), ("RUM", 9)).serve()]
    left, (done,) = play_orders(serves, rows(), "partial")
    assert done.status == "partial"
    assert done.filled == (4, 6)
    assert left["RUM"].on_hand == left["RUM"].lowest == 0


@pytest.mark.parametrize("kind", ["return", "restock"])
def test_deliveries_are_counted_by_their_kind(kind: Kind) -> None:
    left, _ = play_orders([job("o", ("TEA", 4), kind=kind).serve()], rows(), "all_or_nothing")
    assert left["TEA"].on_hand == 14
    assert (left["TEA"].returned, left["TEA"].restocked) == ((4, 0), (0, 4))[kind == "restock"]


def test_nothing_is_done_where_a_product_is_unknown() -> None:
    with pytest.raises(UnknownProduct, match="GIN"):
        play_orders([job("o", ("TEA", 1), ("GIN", 1)).serve()], rows(), "partial")


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "partial"])
def test_batches_of_any_size_leave_the_same(fulfilment: Fulfilment, tmp_path: Path) -> None:
    random = Random(7)
    jobs = [
        job(
            f"o-{number}",
            *[(random.choice(list(STOCK)), random.randint(1, 3)) for _ in range(3)],
            kind=random.choice(["sale", "sale", "sale", "return"]),
        )
        for number in range(60)
    ]
    whole, told = play_orders([each.serve() for each in jobs], rows(), fulfilment)
    with closing(open_store(f"sqlite:{tmp_path}/stock.db")) as store:
        store.create("r", STOCK)
        applier = Applier(store, "r", "w", fulfilment)
        ends: dict[str, OrderEnd] = {}
        at = 0
        while at < len(jobs):
            size = random.randint(1, 9)
            ends |= applier.apply(deliveries(*jobs[at : at + size]), 0.0).ends
            at += size
        left = {each.sku: each._replace(version=0) for each in store.rows("r")}
        stored = {order_id: decode(outcome) for order_id, outcome in store.outcomes("r")}
    assert left == whole
    for done in told:
        end = ends[done.serve.order.id]
        assert (end.status, end.filled) == (done.status, done.filled)
    assert stored == {
        each.order.id: StoredOrder(job=each, end=ends[each.order.id]) for each in jobs
    }


def test_an_order_applied_before_has_its_outcome_of_then(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:{tmp_path}/stock.db")) as store:
        store.create("r", STOCK)
        first = Applier(store, "r", "first", "partial")
        second = Applier(store, "r", "second", "partial")
        before = first.apply(deliveries(job("o", ("TEA", 4))), 0.0)
        again = second.apply(deliveries(job("o", ("TEA", 4)), job("p", ("TEA", 1))), 0.0)
        assert (before.new, again.new) == (1, 1)
        assert again.ends["o"] == before.ends["o"]
        assert again.ends["o"].worker == "first"
        assert next(each.sold for each in store.rows("r") if each.sku == "TEA") == 5


def test_an_order_twice_in_one_batch_has_one_effect(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:{tmp_path}/stock.db")) as store:
        store.create("r", STOCK)
        twice = deliveries(job("o", ("TEA", 4)), job("o", ("TEA", 4)))
        assert Applier(store, "r", "w", "partial").apply(twice, 0.0).new == 1
        assert next(each.sold for each in store.rows("r") if each.sku == "TEA") == 4


def test_the_last_order_that_took_of_a_product_tells_that_it_is_sold_out(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:{tmp_path}/stock.db")) as store:
        store.create("r", STOCK)
        applier = Applier(store, "r", "w", "partial")
        jobs = [job("a", ("RUM", 3)), job("b", ("RUM", 3)), job("c", ("TEA", 1))]
        told = applier.apply(deliveries(*jobs), 0.0).ends
        later = applier.apply(deliveries(job("d", ("RUM", 1))), 0.0).ends
    sold_out = {order_id: each.sold_out for order_id, each in told.items()}
    assert sold_out == {"a": (), "b": ("RUM",), "c": ()}
    assert later["d"].sold_out == ()
