"""Mistakes of the kind that programmers make, planted one at a time: the audit names each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest
from typing_extensions import override

from actors.collector import Collector
from actors.decisions.order_in_service import OrderInService
from actors.decisions.stock import Stock
from actors.inventory import Inventory
from actors.measure.result import Result
from actors.messages import Answer, Place, Processed, Reserve, Serve, Settle
from actors.processor import Processor
from actors.ref import Ref
from actors.router import Router
from actors.scenario.loader import load_text
from actors.simulation import Cast, Simulation

AUDIT_VIOLATION: Final = 98
FAST: Final = 20.0

SHOP: Final = """\
stocksim: 1
products: {GONE: {stock: 40}, RARE: {stock: 90}, PLENTY: {stock: 90000}}
processors: {count: 4, service_time: exponential 2ms}
clients:
  web:
    count: 5
    phases: {day: {duration: 10s, rate: 100/s}}
    orders: {lines: 1..3, sku: {GONE: 1, RARE: 2, PLENTY: 30}}
"""


def verdict(
    roles: Cast, *overrides: str, runtime: str = "virtual"
) -> tuple[Result, Mapping[str, str]]:
    """The result, and the broken laws' details by name."""
    loaded = load_text(SHOP, name="shop", overrides=overrides)
    speed = None if runtime == "virtual" else FAST
    result = Simulation(loaded, runtime=runtime, speed=speed, roles=roles).run()
    assert result.crashes == 0
    return result, {check.name: check.detail for check in result.audit.checks if not check.ok}


@pytest.mark.parametrize("runtime", ["virtual", "threads", "pool"])
def test_without_a_planted_bug_the_audit_holds(runtime: str) -> None:
    result, broken = verdict(Cast(), runtime=runtime)
    assert not broken
    assert result.exit_code == 0


class Generous(Inventory):
    """Forgets to check what there is."""

    @override
    def grantable(self, request: Reserve) -> int:
        return request.quantity


@pytest.mark.parametrize("runtime", ["virtual", "threads", "pool"])
def test_an_inventory_that_forgets_its_check_has_oversold(runtime: str) -> None:
    result, broken = verdict(Cast(inventory=Generous), runtime=runtime)
    assert result.exit_code == AUDIT_VIOLATION
    assert "culprit: inventory GONE: stock fell to -" in broken["never oversold"]


class Repeating(Inventory):
    """Applies the requests of some orders a second time, as if a message had come twice."""

    @override
    def reserve(self, request: Reserve) -> Answer:
        if self.sku == "PLENTY" and request.take and request.order_id.endswith("7"):
            super().reserve(request)
        return super().reserve(request)


def test_an_inventory_that_applies_a_duplicate_disagrees_with_the_orders() -> None:
    result, broken = verdict(Cast(inventory=Repeating))
    assert result.exit_code == AUDIT_VIOLATION
    assert broken["sales agree"].startswith("culprit: inventory PLENTY: sold ")
    assert set(broken) == {"sales agree"}


class Leaky(Inventory):
    """Loses a unit with every hundredth request."""

    requests = 0

    @override
    def reserve(self, request: Reserve) -> Answer:
        self.requests += 1
        if self.sku == "PLENTY" and self.requests % 100 == 0:
            self._stock = Stock(self._stock.on_hand - 1, self._stock.reserved)
        return super().reserve(request)


def test_an_inventory_that_loses_a_unit_now_and_then_does_not_conserve_stock() -> None:
    result, broken = verdict(Cast(inventory=Leaky))
    assert result.exit_code == AUDIT_VIOLATION
    assert broken["stock conserved"].startswith("culprit: inventory PLENTY: ")
    assert set(broken) == {"stock conserved"}


class Forgetful(Collector):
    """Drops the ten-thousandth order that processors finish."""

    seen = 0

    @override
    def processed(self, done: Processed) -> None:
        self.seen += 1
        if self.seen != 10_000:
            super().processed(done)


def test_a_collector_that_drops_one_order_in_ten_thousand_has_lost_it() -> None:
    many = ("clients.web.phases.day.rate=1100/s",)
    result, broken = verdict(Cast(collector=Forgetful), *many)
    assert result.orders.placed > 10_000
    assert result.exit_code == AUDIT_VIOLATION
    assert ": lost 1, duplicated 0, unexpected 0; web-" in broken["one outcome an order"]
    assert broken["one outcome an order"].endswith(" is lost")
    assert broken["orders flow"].startswith("culprit: collector: ")


class Stuttering(Collector):
    """Records one order twice."""

    @override
    def processed(self, done: Processed) -> None:
        super().processed(done)
        if done.serve.order.id == "web-3-50":
            super().processed(done)


def test_a_collector_that_records_an_order_twice_has_duplicated_it() -> None:
    result, broken = verdict(Cast(collector=Stuttering))
    assert result.exit_code == AUDIT_VIOLATION
    assert "lost 0, duplicated 1, unexpected 0" in broken["one outcome an order"]
    assert broken["one outcome an order"].endswith("web-3-50 ended twice")
    assert broken["orders flow"].startswith("culprit: collector: ")


class Swallowing(Router):
    """Never gets round to one order."""

    @override
    def place(self, place: Place) -> None:
        if place.ref != "web-2-20":
            super().place(place)


@pytest.mark.parametrize("runtime", ["virtual", "threads", "pool"])
def test_a_router_that_swallows_an_order_has_lost_it(runtime: str) -> None:
    result, broken = verdict(Cast(router=Swallowing), runtime=runtime)
    assert result.exit_code == AUDIT_VIOLATION
    assert ": lost 1, duplicated 0, unexpected 0; " in broken["one outcome an order"]
    assert broken["one outcome an order"].endswith("; web-2-20 is lost")
    assert broken["orders flow"].startswith("culprit: router: ")


class Misrouting(Router):
    """Counts an order as dispatched that no processor gets."""

    @override
    def _dispatch(self, processor: Ref[Serve], serve: Serve) -> None:
        if serve.order.id == "web-2-20":
            self.dispatched += 1
        else:
            super()._dispatch(processor, serve)


def test_an_order_lost_on_its_way_to_a_processor_is_missed_there() -> None:
    result, broken = verdict(Cast(router=Misrouting))
    assert result.exit_code == AUDIT_VIOLATION
    assert broken["one outcome an order"].endswith("web-2-20 is lost")
    assert broken["orders flow"].startswith("culprit: processors: ")


class Hoarding(Processor):
    """Forgets to give back what it has reserved for an order that is rejected."""

    @override
    def _settle(self, work: OrderInService, *, commit: bool) -> None:
        if commit:
            super()._settle(work, commit=True)


def test_a_processor_that_forgets_to_release_leaves_stock_reserved() -> None:
    result, broken = verdict(Cast(processor=Hoarding))
    assert result.exit_code == AUDIT_VIOLATION
    assert broken["nothing left reserved"].startswith("culprit: inventory ")
    assert "PLENTY: " in broken["nothing left reserved"]
    assert set(broken) == {"nothing left reserved"}


class Overbooking(Inventory):
    """Sells what it gives back."""

    @override
    def settle(self, settle: Settle) -> None:
        super().settle(Settle(settle.order_id, settle.attempt, commit=True))


def test_an_inventory_that_sells_what_it_should_give_back_disagrees_with_the_orders() -> None:
    result, broken = verdict(Cast(inventory=Overbooking))
    assert result.exit_code == AUDIT_VIOLATION
    assert broken["sales agree"].startswith("culprit: inventory ")
