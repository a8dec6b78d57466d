"""What `--orders` wrote can be replayed: the same orders, counted as those of any other run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from expected import differences
from hypothesis import assume, given, settings
from playing_shops import Played, each_shop, play
from recounting import Order
from setting import Setting
from shelves import all_products, products

from scenarios import Shop, shops

pytest_plugins = ("shop_fixtures",)

some_shops = settings(each_shop, max_examples=9)

FILE: Final = "orders.jsonl"


def again(shop: Shop) -> Shop:
    """The shop with a client that replays what the whole shop did."""
    stock = {sku: {"stock": units} for sku, units in shop.setting.stock.items()}
    clients = {"again": {"replay": {"file": FILE}}}
    scenario = {**shop.scenario, "products": stock, "clients": clients, "warm_up": "0s"}
    # Who did not think ordered when the last order ended, and now does so by the clock.
    thoughts = [group.get("think") for group in shop.scenario["clients"].values()]
    setting = replace(
        shop.setting,
        groups=("again",),
        prices={},
        windows={},
        warm_up=0.0,
        ties=shop.setting.ties or "0ms" in thoughts,
    )
    return Shop(scenario, setting)


def replayed(shop: Shop, folder: Path) -> tuple[Sequence[Order], Played]:
    """The orders of a first run, and a second run that replays them."""
    orders = play(shop, folder).orders
    assume(any(order["lines"] for order in orders))
    text = "".join(json.dumps(order) + "\n" for order in orders)
    (folder / FILE).write_text(text, encoding="utf-8")
    return orders, play(again(shop), folder)


def asked_for(orders: Sequence[Order]) -> dict[str, Any]:
    """What each order that is one asked for, by its id."""
    return {
        order["id"]: (
            [order[name] for name in ("client", "kind", "priority")],
            [(line["sku"], line["quantity"]) for line in order["lines"]],
        )
        for order in orders
        if order["lines"]
    }


TO_THE_LAST_DIGIT: Final = (0.5, 0.06676816087109902, 1.2345678901234567, 1e-07)


@pytest.mark.parametrize("at", TO_THE_LAST_DIGIT)
def test_whatever_moment_a_file_has_is_a_moment(at: float, folder: Path) -> None:
    lines = [{"sku": "A", "quantity": 1, "filled": 1}]
    first = {"id": "web-1", "client": "web", "kind": "sale", "placed_s": at, "lines": lines}
    orders = [first, first | {"id": "web-2", "placed_s": at + 3}]
    (folder / FILE).write_text("".join(json.dumps(order) + "\n" for order in orders), "utf-8")
    scenario = {
        "stocksim": 1,
        "products": {"A": {"stock": 5}},
        "processors": {"service_time": "1ms"},
        "clients": {"again": {"replay": {"file": FILE}}},
    }
    played = play(Shop(scenario, Setting(stock={"A": 5}, groups=("again",))), folder)
    assert [order["placed_s"] for order in played.orders] == pytest.approx([0.0, 3.0])


@given(shop=shops())
@some_shops
def test_a_replay_places_the_orders_of_the_file(shop: Shop, folder: Path) -> None:
    before, played = replayed(shop, folder)
    wanted = asked_for(before)
    assert asked_for(played.orders) == wanted
    assert played.document["replay"]["orders"] == len(wanted)
    since = min(order["placed_s"] for order in before if order["lines"])
    at = {order["id"]: order["placed_s"] - since for order in before}
    for order in played.orders:
        assert order["placed_s"] == pytest.approx(at[order["id"]], rel=1e-9, abs=1e-9)


@given(shop=shops())
@some_shops
def test_the_figures_of_a_replay_are_those_of_its_records(shop: Shop, folder: Path) -> None:
    _, played = replayed(shop, folder)
    recount = played.recount(again(shop).setting)
    recounted = recount.everywhere(recount.block) | {
        "processors": recount.processors(),
        "products": products(recount.setting, recount.orders),
        "all_products": all_products(recount.setting, recount.orders),
    }
    if recount.setting.ties:
        del recounted["waited"]
        for block in recounted["groups"].values():
            del block["waited"]
    assert differences(recounted, played.document) == []
