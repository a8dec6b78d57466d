from __future__ import annotations

import json
from collections import Counter
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors import Simulation, load_text
from actors.client import Client, ClosedClient, OpenClient, OrderForm, ReplayClient
from actors.decisions.order_json import InvalidOrder, decode_order
from actors.measure.journal import Detail, Event
from actors.measure.ledger import Ledger
from actors.messages import KINDS, Begin, Halt, Outcome, Place, Turns
from actors.ref import Ref
from actors.runtime.actor import Actor, receives
from actors.runtime.virtual import VirtualRuntime
from actors.scenario.arrivals import Pattern, Window
from actors.scenario.choices import IntRange, Weighted
from actors.scenario.recorded.recording import RecordedOrder
from actors.scenario.schedule import Schedule
from actors.scenario.written_distributions import parse_distribution
from actors.testing import Probe, Stage

FORM = OrderForm(
    lines=IntRange(1, 3),
    quantity=IntRange(2, 5),
    sku=Weighted.of({"A": 3.0, "B": 1.0}),
    kind=Weighted.of({"sale": 9.0, "return": 1.0}),
    priority=Weighted.of({0: 1.0, 5: 1.0}),
)
PLAIN = OrderForm(
    lines=IntRange(1, 1),
    quantity=IntRange(1, 1),
    sku=Weighted.uniform(["A"]),
    kind=Weighted.uniform([KINDS[0]]),
    priority=Weighted.uniform([0]),
)


class Answering(Actor[Place | Outcome]):
    """A router that answers every order after a second."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[float, Place]] = []
        self.who: dict[str, Ref[Outcome]] = {}

    @receives(Place)
    def place(self, place: Place) -> None:
        self.heard.append((self.now, place))
        assert place.reply_to is not None
        self.who[place.ref] = place.reply_to
        self.after(1.0, Outcome(place.ref, "fulfilled", None))

    @receives(Outcome)
    def outcome(self, outcome: Outcome) -> None:
        self.who.pop(outcome.order_id).tell(outcome)


class Hall:
    """A stage with a ledger and a probe for the router."""

    def __init__(self, seed: int = 1, *, answering: bool = False) -> None:
        self.events: list[Event] = []
        self.stage = Stage(
            VirtualRuntime(seed=seed, journal=self.events.append, detail=Detail.EVERYTHING)
        )
        self.ledger = Ledger()
        self.peers: list[Ref[Turns]] = []
        self.clients: list[Client[Begin | Halt]] = []
        if answering:
            self.answering = self.stage.spawn("router", Answering)
        else:
            self.router: Probe = self.stage.probe("router")
        self.router_ref: Ref[Place] = (self.answering if answering else self.router).actor_ref

    def open_group(
        self,
        count: int,
        *windows: Window,
        pattern: Pattern = "even",
        batch: int = 1,
        form: OrderForm = PLAIN,
    ) -> Hall:
        names = [f"client/web-{number + 1}" for number in range(count)]
        stream = self.stage.runtime.stream(names[0], "arrivals")
        schedule = Schedule(windows, pattern, batch, stream)
        factory = partial(OpenClient, "web", self.router_ref, self.ledger, form, schedule)
        group = [self.stage.spawn(name, factory) for name in names]
        self.clients += group
        self.peers = [client.actor_ref for client in group]
        return self

    def begin(self) -> Hall:
        """Tell every client to begin; the first of the open group has its peers."""
        for number, client in enumerate(self.clients):
            client.actor_ref.tell(Begin(() if number else self.peers))
        return self

    def play(self) -> Hall:
        self.stage.play()
        return self

    @property
    def places(self) -> list[Place]:
        return self.router.of(Place)


# Open clients.


def test_orders_leave_at_their_moments_whatever_the_answers() -> None:
    hall = Hall().open_group(1, Window("peak", 0.0, 2.0, 2.0)).begin().play()
    assert [place.scheduled for place in hall.places] == [0.25, 0.75, 1.25, 1.75]
    assert hall.router.heard_at == [0.25, 0.75, 1.25, 1.75]
    assert not any(place.waits for place in hall.places)


def test_the_first_client_deals_to_those_with_whom_it_is_told_to_begin() -> None:
    hall = Hall().open_group(3, Window("peak", 0.0, 4.0, 1.0))
    hall.peers = hall.peers[:2]
    hall.begin().play()
    turns = [place.sender for place in hall.places]
    assert turns == ["client/web-1", "client/web-2"] * 2


def test_without_peers_an_open_client_waits_to_be_dealt_turns() -> None:
    hall = Hall().open_group(1, Window("peak", 0.0, 4.0, 1.0))
    hall.peers = []
    assert hall.begin().play().places == []
    hall.clients[0].actor_ref.tell(Turns(((7.0, "peak"),)))  # type: ignore[arg-type]
    assert [place.scheduled for place in hall.play().places] == [7.0]


def test_the_clients_of_a_group_take_turns() -> None:
    hall = Hall().open_group(3, Window("peak", 0.0, 100.0, 1.0)).begin().play()
    turns = [place.sender for place in hall.places]
    assert len(turns) == 100
    assert turns == [f"client/web-{number % 3 + 1}" for number in range(100)]
    assert hall.router.heard_at == [place.scheduled for place in hall.places]


@settings(max_examples=25)
@given(st.integers(1, 90), st.integers(0, 400), st.sampled_from(["even", "poisson"]))
def test_the_rate_is_the_groups_whatever_its_count(
    count: int, orders: int, pattern: Pattern
) -> None:
    window = Window("peak", 0.0, 10.0, orders / 10)
    one = Hall().open_group(1, window, pattern=pattern).begin().play()
    many = Hall().open_group(count, window, pattern=pattern).begin().play()
    assert [place.scheduled for place in many.places] == [place.scheduled for place in one.places]
    assert many.router.heard_at == one.router.heard_at
    shares = Counter(place.sender for place in many.places)
    if one.places:
        assert max(shares.values()) - (min(shares.values()) if len(shares) == count else 0) <= 1


def test_a_burst_leaves_at_its_moment_and_all_clients_take_part() -> None:
    window = Window("flash", 5.0, 1.0, 0.0, None, 50)
    hall = Hall().open_group(4, window).begin().play()
    assert hall.router.heard_at == [5.0] * 50
    shares = Counter(place.sender for place in hall.places)
    assert sorted(shares.values()) == [12, 12, 13, 13]


def test_a_batch_leaves_at_one_moment() -> None:
    hall = Hall().open_group(2, Window("peak", 0.0, 60.0, 1.0), pattern="batch", batch=5)
    moments = Counter(place.scheduled for place in hall.begin().play().places)
    assert moments
    assert all(count % 5 == 0 for count in moments.values())


def test_an_order_belongs_to_the_phase_it_was_scheduled_in() -> None:
    windows = (Window("opening", 0.0, 2.0, 1.0), Window("peak", 2.0, 2.0, 2.0))
    hall = Hall().open_group(2, *windows).begin().play()
    assert Counter(place.phase for place in hall.places) == {"opening": 2, "peak": 4}
    assert all((place.scheduled >= 2.0) == (place.phase == "peak") for place in hall.places)
    entered = [event.text for event in hall.events if event.kind == "phase"]
    assert entered == ["web opening", "web peak"]


def test_an_order_is_valid_json_made_from_the_form() -> None:
    hall = Hall().open_group(2, Window("peak", 0.0, 100.0, 4.0), form=FORM).begin().play()
    orders = [decode_order(place.body) for place in hall.places]
    assert [order.id for order in orders] == [place.ref for place in hall.places]
    assert len({order.id for order in orders}) == len(orders) == 400
    assert {order.client for order in orders} == {"web-1", "web-2"}
    assert {len(order.lines) for order in orders} == {1, 2, 3}
    assert {line.quantity for order in orders for line in order.lines} == {2, 3, 4, 5}
    assert {order.kind for order in orders} == {"sale", "return"}
    assert {order.priority for order in orders} == {0, 5}
    skus = Counter(line.sku for order in orders for line in order.lines)
    assert 2 < skus["A"] / skus["B"] < 4.5
    assert [order.placed_at for order in orders] == [place.scheduled for place in hall.places]


def test_every_order_is_in_the_ledger_before_it_is_sent_and_counted() -> None:
    hall = Hall().open_group(2, Window("peak", 0.0, 5.0, 2.0)).begin().play()
    assert [place.ref for place in hall.ledger.open()] == [place.ref for place in hall.places]
    assert [client.placed for client in hall.clients] == [5, 5]
    assert sum(client.scheduled.value for client in hall.clients) == sum(
        place.scheduled for place in hall.places
    )
    assert [e.text for e in hall.events if e.kind == "placed"][0].isdigit()  # noqa: RUF015 - the first of many


def test_the_same_seed_sends_the_same_bytes() -> None:
    def bodies(seed: int) -> list[bytes]:
        window = Window("peak", 0.0, 20.0, 2.0)
        hall = Hall(seed).open_group(3, window, pattern="poisson", form=FORM)
        return [place.body for place in hall.begin().play().places]

    assert bodies(7) == bodies(7)
    assert bodies(7) != bodies(8)


# Halting.


def test_a_halted_group_places_no_more_orders() -> None:
    hall = Hall().open_group(3, Window("peak", 0.0, 100.0, 1.0)).begin()
    for client in hall.clients:
        client.at(10.0, Halt())
    hall.play()
    assert len(hall.places) == 10
    assert hall.stage.runtime.now == 10.0


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_group_that_is_halted_before_it_begins_places_nothing(count: int) -> None:
    hall = Hall().open_group(count, Window("peak", 1.0, 100.0, 1.0)).begin()
    for client in hall.clients:
        hall.stage.tell(client.name, Halt())
    hall.play()
    assert hall.places == []
    assert hall.begin().play().places == []
    assert hall.stage.runtime.now == 0.0


class Stopping(Probe):
    """A router that halts the client at its tenth order."""

    client: Ref[Halt]

    def on_receive(self, message: object) -> None:
        super().on_receive(message)
        if len(self.heard) == 10:
            self.client.tell(Halt())


def test_a_burst_stops_where_it_is_when_it_is_halted() -> None:
    hall = Hall()
    hall.router = stopping = hall.stage.spawn("stopping", Stopping)
    hall.router_ref = stopping.actor_ref
    hall.open_group(1, Window("flash", 1.0, 50.0, 1.0, None, 1_000))
    stopping.client = hall.clients[0].actor_ref
    hall.begin().play()
    assert 10 <= len(hall.places) <= 12  # those that were on their way already
    assert hall.stage.runtime.now == 1.0


# Closed clients.


def closed(hall: Hall, *timeline: tuple[str, float, float], think: str = "2s") -> ClosedClient:
    client = hall.stage.spawn(
        "client/depot-1",
        lambda: ClosedClient(
            "depot", hall.router_ref, hall.ledger, PLAIN, timeline, parse_distribution(think)
        ),
    )
    hall.clients.append(client)
    return client


def test_a_closed_client_waits_for_the_answer_and_thinks() -> None:
    hall = Hall(answering=True)
    closed(hall, ("day", 0.0, 10.0))
    hall.begin().play()
    # An answer takes 1 s and thinking 2 s.
    assert [when for when, _ in hall.answering.heard] == [0.0, 3.0, 6.0, 9.0]
    assert all(place.waits for _, place in hall.answering.heard)
    own: Ref[Any] = hall.clients[0].actor_ref
    assert all(place.reply_to is own for _, place in hall.answering.heard)
    assert all(when == place.scheduled for when, place in hall.answering.heard)


def test_a_closed_client_without_an_answer_waits_for_ever() -> None:
    hall = Hall()
    closed(hall, ("day", 0.0, 10.0))
    assert len(hall.begin().play().places) == 1


def test_a_closed_client_stops_at_its_end_and_knows_its_phase() -> None:
    hall = Hall(answering=True)
    closed(hall, ("morning", 0.0, 3.0), ("noon", 3.0, 5.0), ("evening", 5.0, 9.0))
    hall.begin().play()
    found = [(when, place.phase) for when, place in hall.answering.heard]
    assert found == [(0.0, "morning"), (3.0, "noon"), (6.0, "evening")]  # not at 9.0


@pytest.mark.parametrize(
    ("moment", "orders", "end"),
    [(0.5, 1, 1.0), (1.5, 1, 1.5), (3.5, 2, 4.0)],  # the answer in hand still comes
)
def test_a_halted_closed_client_thinks_no_more(moment: float, orders: int, end: float) -> None:
    hall = Hall(answering=True)
    client = closed(hall, ("day", 0.0, 100.0))
    client.at(moment, Halt())
    hall.begin().play()
    assert len(hall.answering.heard) == orders
    assert hall.stage.runtime.now == end


# Replaying clients.


def recorded(ref: str, at: float, *lines: tuple[str, int | float | str]) -> RecordedOrder:
    return RecordedOrder(ref, "Ann", "sale", at, lines or (("A", 1),), 2)


def replaying(
    hall: Hall, *orders: RecordedOrder, timeline: tuple[tuple[str, float, float], ...] = ()
) -> ReplayClient:
    client = hall.stage.spawn(
        "client/history",
        lambda: ReplayClient("history", hall.router_ref, hall.ledger, orders, timeline),
    )
    hall.clients.append(client)
    return client


def test_recorded_orders_leave_at_their_times() -> None:
    hall = Hall()
    replaying(hall, recorded("a", 0.0), recorded("b", 2.5), recorded("c", 2.5), recorded("d", 9.0))
    hall.begin().play()
    assert [place.ref for place in hall.places] == ["a", "b", "c", "d"]
    assert hall.router.heard_at == [0.0, 2.5, 2.5, 9.0]
    assert [place.sender for place in hall.places] == ["client/history"] * 4


def test_a_recorded_order_is_sent_as_it_was_recorded() -> None:
    hall = Hall()
    order = RecordedOrder("536365", "17850", "return", 1.5, (("85123A", 6), ("71053", 2)), 2, 7)
    replaying(hall, order)
    hall.begin().play()
    assert json.loads(hall.places[0].body) == {
        "id": "536365",
        "client": "17850",
        "kind": "return",
        "placed_at": 1.5,
        "priority": 7,
        "lines": [{"sku": "85123A", "quantity": 6}, {"sku": "71053", "quantity": 2}],
    }
    assert decode_order(hall.places[0].body).kind == "return"


@pytest.mark.parametrize("quantity", [1.5, "many", "", 0, -3, 10**15])
def test_a_quantity_that_was_recorded_wrongly_is_left_to_the_router(
    quantity: float | str,
) -> None:
    hall = Hall()
    replaying(hall, recorded("a", 0.0, ("A", quantity)), recorded("b", 1.0))
    hall.begin().play()
    first, second = hall.places
    assert json.loads(first.body)["lines"][0]["quantity"] == quantity
    with pytest.raises(InvalidOrder, match="quantity"):
        decode_order(first.body)
    assert decode_order(second.body).id == "b"


def test_a_recorded_order_belongs_to_the_phase_of_its_time_or_to_none() -> None:
    hall = Hall()
    orders = [recorded("a", 0.0), recorded("b", 5.0), recorded("c", 9.0)]
    replaying(hall, *orders, timeline=(("early", 0.0, 5.0), ("late", 5.0, 9.0)))
    hall.begin().play()
    assert [place.phase for place in hall.places] == ["early", "late", ""]


def test_a_halted_replay_sends_no_more() -> None:
    hall = Hall()
    client = replaying(hall, *[recorded(str(n), float(n // 3)) for n in range(30)])
    client.at(4.5, Halt())
    hall.begin().play()
    assert len(hall.places) == 15
    assert hall.stage.runtime.now == 4.5


def test_closed_and_replaying_clients_that_are_halted_do_not_begin() -> None:
    hall = Hall()
    closed(hall, ("day", 0.0, 100.0))
    replaying(hall, recorded("a", 0.0), recorded("b", 5.0))
    for client in hall.clients:
        hall.stage.tell(client.name, Halt())
    assert hall.begin().play().places == []
    assert hall.stage.runtime.now == 0.0


def test_a_replay_of_nothing_sends_nothing() -> None:
    hall = Hall()
    replaying(hall)
    assert hall.begin().play().places == []


def test_moments_never_go_back() -> None:
    windows = (Window("a", 0.0, 3.0, 5.0, 50.0, 7), Window("b", 3.0, 3.0, 50.0, 0.0, 9))
    hall = Hall().open_group(7, *windows, pattern="poisson").begin().play()
    assert all(before <= after for before, after in pairwise(hall.router.heard_at))
    assert hall.router.heard_at == [place.scheduled for place in hall.places]


def test_a_think_time_beyond_the_end_does_not_lengthen_the_run() -> None:
    shop = """
stocksim: 1
products: {A: {stock: 100000}}
processors: {service_time: 400ms}
clients:
  web: {arrivals: even, phases: {day: {duration: 1min, rate: 2/s}}}
  slow: {think: 1h}
"""
    result = Simulation(load_text(shop, name="idle")).run()
    assert result.simulated_s < 61.0
    assert result.processors.utilisation > 0.75
