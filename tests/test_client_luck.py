"""An order carries its luck: drawn by its client, spent by whoever serves it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import pytest
from nobody import NOBODY

from actors import Cast, Simulation, load_text
from actors.client import Client, ClosedClient, OpenClient, OrderForm, Purpose, ReplayClient
from actors.measure.answers import Answers
from actors.measure.ledger import Ledger
from actors.measure.records import OrderRecord
from actors.messages import EVEN_LUCK, Begin, Halt, Kind, Luck, Outcome, Place
from actors.ref import Ref
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.arrivals import Window
from actors.scenario.choices import IntRange, Weighted
from actors.scenario.recorded.recording import RecordedOrder
from actors.scenario.schedule import Schedule
from actors.scenario.written_distributions import parse_distribution
from actors.testing import Stage
from actors.wiring.client_groups import Groups

FORM = OrderForm(
    lines=IntRange(1, 3),
    quantity=IntRange(1, 9),
    sku=Weighted.of({"A": 3.0, "B": 1.0}),
    kind=Weighted[Kind](("sale",), (1.0,)),
    priority=Weighted.uniform([0]),
)
ALL: Sequence[Purpose] = ("service", "line", "shelf")
ME = "client/web-1"
AnyClient = Client[Begin | Halt]
Make = Callable[[Stage, Ref[Place], Ledger, Sequence[Purpose]], AnyClient]


def open_client(
    stage: Stage, router: Ref[Place], ledger: Ledger, chancy: Sequence[Purpose]
) -> AnyClient:
    windows = [Window("day", 0.0, 10.0, 1.0)]
    schedule = Schedule(windows, "even", 1, stage.runtime.stream(ME, "arrivals"))
    return stage.spawn(ME, partial(OpenClient, "web", router, ledger, FORM, schedule, chancy))


def closed_client(
    stage: Stage, router: Ref[Place], ledger: Ledger, chancy: Sequence[Purpose]
) -> AnyClient:
    timeline, think = (("day", 0.0, 10.0),), parse_distribution("1s")
    return stage.spawn(
        ME, partial(ClosedClient, "web", router, ledger, FORM, timeline, think, chancy)
    )


def replay_client(
    stage: Stage, router: Ref[Place], ledger: Ledger, chancy: Sequence[Purpose]
) -> AnyClient:
    orders = [RecordedOrder(f"o-{n}", "Ann", "sale", float(n), (("A", 1),), 2) for n in range(10)]
    return stage.spawn(ME, partial(ReplayClient, "web", router, ledger, orders, (), chancy))


def lucks_of(make: Make, chancy: Sequence[Purpose], seed: int = 7) -> list[Luck]:
    """The luck of a client's ten orders."""
    stage = Stage(VirtualRuntime(seed=seed))
    router = stage.probe("router")
    client = make(stage, router.actor_ref, Ledger(), chancy)
    peers = [client.actor_ref] if isinstance(client, OpenClient) else ()
    client.actor_ref.tell(Begin(peers))
    for _ in range(10):  # a client that waits needs an answer to each
        stage.play()
        if make is closed_client:
            stage.tell(ME, Outcome("?", "fulfilled", None))
    places = router.of(Place)
    stage.close()
    return [place.luck for place in places]


MAKES = [open_client, closed_client, replay_client]


@pytest.mark.parametrize("make", MAKES)
def test_where_nothing_is_left_to_chance_every_order_has_even_luck(make: Make) -> None:
    assert lucks_of(make, ()) == [EVEN_LUCK] * 10


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize(
    "chancy", [("service",), ("line",), ("service", "shelf"), ("line", "shelf"), ALL]
)
def test_each_purpose_is_drawn_from_a_stream_of_the_clients_own(
    make: Make, chancy: Sequence[Purpose]
) -> None:
    streams = {purpose: VirtualRuntime(seed=7).stream(ME, purpose) for purpose in ALL}
    lucks = lucks_of(make, chancy)
    assert len(lucks) == 10
    for purpose in ALL:
        drawn = [getattr(luck, purpose) for luck in lucks]
        if purpose in chancy:
            assert drawn == [streams[purpose].random() for _ in range(10)]
        else:
            assert drawn == [0.5] * 10


def test_another_seed_is_another_luck() -> None:
    assert lucks_of(open_client, ALL, seed=8) != lucks_of(open_client, ALL, seed=7)


def test_an_order_may_be_placed_with_luck_that_it_had_before() -> None:
    stage = Stage(VirtualRuntime(seed=7))
    router = stage.probe("router")
    client = stage.spawn(ME, lambda: AnyClient("web", router.actor_ref, Ledger(), ALL))
    had = Luck(0.1, 0.2, 0.3)
    client.send("a", b"", 1.0, "day", luck=had)
    client.send("b", b"", 1.0, "day")
    stage.play()
    first, second = router.of(Place)
    assert first.luck is had
    assert second.luck.service == VirtualRuntime(seed=7).stream(ME, "service").random()
    stage.close()


def test_a_client_that_waits_keeps_count_of_its_answers() -> None:
    stage, expected = Stage(), Answers()
    client = closed_client(stage, stage.probe("router").actor_ref, Ledger(), ())
    stage.tell(ME, Begin())
    stage.play()
    stage.tell(ME, Outcome("web-1-1", "rejected", "out_of_stock"))
    stage.play()
    expected.note("web-1-1", "rejected", "out_of_stock")
    assert (client.answers.count, client.answers.checksum) == (1, expected.checksum)
    stage.close()


# Whole runs with common random numbers.

SHOP = """
stocksim: 1
seed: 3
products: {A: {stock: 1000000}, B: {stock: 1000000}}
processors: {count: 2, service_time: gamma 20ms 0.5, line_time: exponential 2ms}
clients:
  web:
    count: 3
    phases: {day: {duration: 10s, rate: 20/s}}
    orders: {lines: 1..3}
"""


def service_times(*overrides: str) -> dict[str, float]:
    """How long each order was served."""
    file = io.BytesIO()
    Simulation(load_text(SHOP, name="shop", overrides=overrides), records=file).run()
    records = msgspec.json.Decoder(OrderRecord).decode_lines(file.getvalue())
    return {each.id: each.finished_s - (each.started_s or 0.0) for each in records}


@pytest.mark.parametrize(
    "override",
    [
        "processors.count=1",
        "processors.count=7",
        "router.strategy=least_loaded",
        "router.strategy=hash",
        "processors.fulfilment=partial",
    ],
)
def test_an_order_is_served_as_long_however_the_shop_is_arranged(override: str) -> None:
    as_it_is, otherwise = service_times(), service_times(override)
    assert len(set(as_it_is.values())) > 100
    assert otherwise == pytest.approx(as_it_is, abs=1e-9)


def test_in_a_shop_twice_as_fast_every_order_is_served_in_half_the_time() -> None:
    slow = service_times()
    fast = service_times(
        "processors.service_time=gamma 10ms 0.5", "processors.line_time=exponential 1ms"
    )
    assert fast == pytest.approx({ref: time / 2 for ref, time in slow.items()}, abs=1e-9)


def test_a_product_that_is_added_leaves_most_orders_what_they_were() -> None:
    def skus(text: str) -> dict[tuple[str, int], str]:
        file = io.BytesIO()
        Simulation(load_text(text, name="shop"), records=file).run()
        records = msgspec.json.Decoder(OrderRecord).decode_lines(file.getvalue())
        return {(each.id, n): line.sku for each in records for n, line in enumerate(each.lines)}

    two = skus(SHOP)
    three = skus(SHOP.replace("B: {stock: 1000000}", "B: {stock: 1000000}, C: {stock: 1000000}"))
    assert two.keys() == three.keys()
    assert {three[line] for line in two if two[line] != three[line]} == {"C"}


def test_only_times_that_vary_cost_a_draw() -> None:
    def chancy(*overrides: str) -> list[Purpose]:
        loaded = load_text(SHOP, name="shop", overrides=overrides)
        return list(Groups(loaded, Cast(), VirtualRuntime(), NOBODY, Ledger()).chancy)

    assert chancy() == ["service", "line"]
    assert chancy("processors.line_time=5ms") == ["service"]
    assert chancy("processors.service_time=5ms", "processors.line_time=0ms") == []
    assert chancy("inventory.service_time=uniform 0s..1ms") == ["service", "line", "shelf"]
