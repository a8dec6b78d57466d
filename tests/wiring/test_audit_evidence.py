"""What a finished run tells the audit, and what the scenario promises of every order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nobody import NOBODY

from actors import Simulation, load_text
from actors.client import ClosedClient, OpenClient
from actors.decisions.routing import SharedQueue
from actors.measure.audit import Evidence, Rules
from actors.measure.journal import Detail, Event
from actors.measure.ledger import Ledger
from actors.measure.result import Result
from actors.simulation import Cast
from actors.testing import Stage
from actors.wiring.audit_evidence import gather_evidence
from actors.wiring.client_groups import AnyClient

SHOP = """
stocksim: 1
warm_up: 5s
products: {A: {stock: 60}, B: {stock: 100000}}
router: {queue_limit: 3}
processors: {count: 2, service_time: 100ms, fulfilment: partial}
inventory: {service_time: 1ms}
clients:
  web:
    count: 3
    arrivals: even
    phases: {morning: {duration: 10s, rate: 4/s}, noon: {duration: 5s, rate: 40/s}}
  shop: {count: 2, think: 2s}
  log: {replay: {file: log.csv, columns: {order: id, time: at, sku: sku, quantity: n}}}
"""
LOG = "id,at,sku,n\na,0,A,1\nb,7,B,2\nb,7,B,3\nc,12,C,1\nd,99,B,1\n"


@pytest.fixture
def simulation(tmp_path: Path) -> Simulation:
    (tmp_path / "log.csv").write_text(LOG)
    return Simulation(load_text(SHOP, name="shop", folder=tmp_path))


def play(simulation: Simulation, *, halted: bool = False) -> tuple[Result, Evidence]:
    result = simulation.run()
    return result, gather(simulation, result.simulated_s, halted=halted)


def gather(simulation: Simulation, now: float, *, halted: bool = False) -> Evidence:
    return gather_evidence(
        simulation.loaded,
        simulation.runtime,
        simulation.participants,
        now=now,
        cut=False,
        halted=halted,
    )


def test_every_station_tells_of_the_orders_that_passed_it(simulation: Simulation) -> None:
    result, evidence = play(simulation)
    flow, orders = evidence.flow, result.orders
    assert result.audit.ok
    assert flow.placed == flow.received == orders.placed + orders.duplicates
    assert flow.refused == sum(
        orders.rejected_by.get(reason, 0) for reason in ("overloaded", "unknown_product")
    )
    assert flow.refused > 2
    assert flow.dispatched == flow.finished == orders.placed - flow.refused
    assert flow.recorded == flow.booked == orders.placed
    assert (flow.waiting, flow.in_hand, evidence.open_orders) == (0, 0, [])
    assert (evidence.queue_max, evidence.queue_limit) == (3, 3)


def test_every_group_tells_what_was_due_and_what_was_placed(simulation: Simulation) -> None:
    result, evidence = play(simulation)
    web, shop, log = evidence.groups
    assert [group.name for group in evidence.groups] == ["web", "shop", "log"]
    assert web.dealt == web.booked == {"morning": 40, "noon": 200}
    assert (web.placed, web.duplicates, web.over) == (240, 0, True)
    assert web.moments == pytest.approx(web.scheduled)
    assert web.moments == pytest.approx(40 * 5.0 + 200 * 12.5)
    placed = result.groups["shop"].orders.placed
    assert (shop.placed, shop.booked, shop.dealt) == (placed, {"": placed}, None)
    assert (log.placed, log.booked, log.dealt) == (4, {"": 4}, {"": 4})


def test_an_id_that_a_log_repeats_is_not_due_twice(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    text = SHOP + SHOP.splitlines()[-1].replace("log:", "again:")
    result, evidence = play(Simulation(load_text(text, name="shop", folder=tmp_path)))
    assert result.audit.ok
    again = evidence.groups[-1]
    assert (again.name, again.placed) == ("again", 4)
    assert again.duplicates > 0
    assert again.dealt == again.booked == {"": 4 - again.duplicates}


def test_servers_tell_how_long_they_were_busy_after_the_warm_up(simulation: Simulation) -> None:
    result, evidence = play(simulation)
    names = [server.name for server in evidence.servers]
    assert names == ["processor/1", "processor/2", "inventory/A", "inventory/B"]
    for server in evidence.servers:
        assert server.span == result.simulated_s - 5.0
        assert 0 < server.busy < server.span
    for server in evidence.servers[:2]:
        assert server.heard == pytest.approx(server.busy)
    assert [server.heard for server in evidence.servers[2:]] == [None, None]


def test_a_run_that_ends_within_the_warm_up_had_no_time_to_be_busy(
    simulation: Simulation,
) -> None:
    simulation.run()
    assert {server.span for server in gather(simulation, 3.0).servers} == {0.0}


def test_products_tell_what_they_refused_and_orders_what_they_asked(
    simulation: Simulation,
) -> None:
    result, evidence = play(simulation)
    for item in evidence.stock:
        product = result.products[item.sku]
        assert item.heard_asked == product.asked == item.heard_sold + item.heard_short
        assert item.short == item.heard_short == product.short
    assert evidence.stock[0].short
    assert evidence.fulfilment == "partial"


def test_those_who_heard_outcomes_tell_of_the_same(simulation: Simulation) -> None:
    result, evidence = play(simulation)
    tellings = evidence.tellings
    assert {name: count for name, count in tellings.booked.items() if count} == tellings.told
    assert sum(tellings.told.values()) == result.orders.placed
    waiting = result.groups["shop"].orders.placed
    assert tellings.answered.count == evidence.examiner.answers.count == waiting
    assert tellings.answered.checksum == evidence.examiner.answers.checksum


def test_a_client_of_no_group_leaves_open_whose_orders_are_whose(simulation: Simulation) -> None:
    result = simulation.run()
    stage = Stage()
    stranger = stage.spawn("client/earlier-start", partial(AnyClient, "", NOBODY, Ledger()))
    stage.close()
    simulation.participants = replace(
        simulation.participants, clients=[*simulation.participants.clients, stranger]
    )
    evidence = gather(simulation, result.simulated_s)
    assert [group.placed for group in evidence.groups] == [None, None, None]


@pytest.mark.parametrize("halted", [True, False])
def test_whether_clients_were_told_to_stop_is_part_of_the_evidence(
    simulation: Simulation, halted: bool
) -> None:
    _, evidence = play(simulation, halted=halted)
    assert evidence.halted is halted
    assert not evidence.cut


# What the scenario promises.


def rules_of(simulation: Simulation) -> Rules:
    with simulation:
        return simulation.participants.examiner.rules


def test_the_rules_are_those_of_the_scenario(simulation: Simulation) -> None:
    rules = rules_of(simulation)
    day = {"morning": (0.0, 10.0), "noon": (10.0, 15.0)}
    assert rules.fulfilment == "partial"
    assert list(rules.windows) == ["web", "shop", "log"]
    assert rules.windows["web"] == rules.windows["shop"] == day
    assert rules.replayed == {"log"}
    assert rules.closed == {"client/shop-1", "client/shop-2"}
    assert rules.warm_up == 5.0
    assert (rules.limited, rules.single, rules.in_line, rules.exact) == (True, True, True, True)
    assert "A" in rules.catalogue
    assert "C" not in rules.catalogue


def plain(runtime: str | None = None, roles: Cast | None = None) -> Simulation:
    text = "stocksim: 1\nproducts: {A: {stock: 9}}\nprocessors: {service_time: 1ms}\n"
    text += "clients: {web: {phases: {day: {duration: 1s, rate: 5/s}}}}\n"
    return Simulation(load_text(text, name="shop"), runtime=runtime, roles=roles)


def test_without_a_limit_nobody_may_be_refused_as_too_many() -> None:
    assert not rules_of(plain()).limited


@pytest.mark.parametrize(("runtime", "exact"), [("virtual", True), ("threads", False)])
def test_only_a_virtual_clock_stands_still_while_messages_travel(runtime: str, exact: bool) -> None:
    assert rules_of(plain(runtime=runtime)).exact is exact


class Dawdling(OpenClient):
    keeps_schedule = False


class Brooding(ClosedClient):
    keeps_schedule = False


class Shuffled(SharedQueue[Any]):
    in_line = False


def test_clients_that_keep_no_schedule_are_not_held_to_the_moment() -> None:
    rules = rules_of(plain(roles=Cast(open_client=Dawdling)))
    assert not rules.exact
    assert rules.windows == {"web": None}
    assert rules.in_line


def test_a_class_that_nobody_of_the_scenario_plays_matters_nothing() -> None:
    assert rules_of(plain(roles=Cast(closed_client=Brooding))).exact


def test_a_strategy_that_keeps_no_line_is_not_held_to_it() -> None:
    roles = Cast(strategies={"shared_queue": Shuffled})
    rules = rules_of(plain(roles=roles))
    assert not rules.in_line
    assert rules.exact


def cut_short(text: str) -> Result:
    """Play until an order waits for stock, and stop everything there."""
    events: list[Event] = []

    def watch(event: Event) -> None:
        events.append(event)
        if event.kind == "backorder":
            run.stop()
            run.stop()

    loaded = load_text(text, name="shop")
    run = Simulation(loaded, journal=watch, detail=Detail.EVERYTHING)
    result = run.run()
    assert "backorder" in {event.kind for event in events}
    return result


def test_a_run_that_is_cut_while_orders_wait_for_stock_is_sound() -> None:
    result = cut_short(
        "stocksim: 1\nproducts: {A: {stock: 0}}\n"
        "processors: {service_time: 100ms, fulfilment: backorder}\n"
        "clients: {web: {phases: {day: {duration: 9s, rate: 5/s}}}}\n"
    )
    assert result.orders.rejected_by.keys() == {"interrupted"}
    assert {check.name for check in result.audit.checks if not check.ok} == set()
