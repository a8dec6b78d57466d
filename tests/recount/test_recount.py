"""Every figure of a result, recounted from the orders' records, for scenarios of all sorts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from expected import differences, leaves
from hypothesis import assume, given, settings
from playing_shops import each_shop, play
from recounting import Recount
from shelves import SUMMED, all_products, fill, products, sold_out_at

from scenarios import Shop, shops

pytest_plugins = ("shop_fixtures",)

Figures = Mapping[str, Any]


def compare(shop: Shop, folder: Path, recounted: Callable[[Recount], Figures]) -> None:
    played = play(shop, folder)
    assert differences(recounted(played.recount(shop.setting)), played.document) == []


# --- Orders ---------------------------------------------------------------------------------


@given(shop=shops())
@each_shop
def test_orders_are_counted_by_outcome_reason_and_kind(shop: Shop, folder: Path) -> None:
    compare(shop, folder, lambda recount: recount.everywhere(recount.outcomes))


@given(shop=shops())
@each_shop
def test_times_are_those_of_orders_scheduled_after_the_warm_up(shop: Shop, folder: Path) -> None:
    compare(shop, folder, lambda recount: recount.everywhere(recount.spreads))


@given(shop=shops().filter(lambda shop: not shop.setting.ties))
@each_shop
def test_those_waited_that_began_after_they_were_scheduled(shop: Shop, folder: Path) -> None:
    compare(shop, folder, lambda recount: recount.everywhere(recount.waited))


@given(shop=shops())
@each_shop
def test_throughput_is_what_ended_within_the_window_of_whatever_phase(
    shop: Shop, folder: Path
) -> None:
    compare(shop, folder, lambda recount: recount.everywhere(recount.throughput))


@given(shop=shops())
@each_shop
def test_orders_in_the_system_are_averaged_over_what_is_measured_of_a_window(
    shop: Shop, folder: Path
) -> None:
    compare(shop, folder, lambda recount: recount.everywhere(recount.in_system))


@given(shop=shops())
@each_shop
def test_dead_letters_are_the_invalid_orders(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    invalid = [order["id"] for order in played.orders if order["reason"] == "invalid"]
    letters = played.document["dead_letters"]
    assert sum(letter["count"] for letter in letters) == len(invalid)
    assert {letter["example"] for letter in letters} <= set(invalid)


@given(shop=shops())
@each_shop
def test_the_run_ends_with_its_last_order(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    last = max((order["finished_s"] for order in played.orders), default=0.0)
    if played.document["orders"]["duplicates"]:  # one of them may have come later
        assert played.document["simulated_s"] >= last
    else:
        assert played.document["simulated_s"] == last


# --- Processors -----------------------------------------------------------------------------


@given(shop=shops().filter(lambda shop: shop.setting.warm_up > 0))
@each_shop
def test_what_happened_before_the_warm_up_was_over_is_in_no_load(shop: Shop, folder: Path) -> None:
    compare(shop, folder, lambda recount: {"processors": recount.processors()})


@given(shop=shops())
@each_shop
def test_processors_and_their_line_are_recounted(shop: Shop, folder: Path) -> None:
    compare(shop, folder, lambda recount: {"processors": recount.processors()})


# --- Products -------------------------------------------------------------------------------


@given(shop=shops(scarce=True))
@each_shop
def test_products_are_what_the_orders_did_to_them(shop: Shop, folder: Path) -> None:
    compare(shop, folder, lambda recount: {"products": products(recount.setting, recount.orders)})


@given(shop=shops(scarce=True))
@each_shop
def test_all_products_are_counted_together(shop: Shop, folder: Path) -> None:
    compare(
        shop,
        folder,
        lambda recount: {"all_products": all_products(recount.setting, recount.orders)},
    )


@given(shop=shops(scarce=True))
@each_shop
def test_all_products_are_the_sums_of_each(shop: Shop, folder: Path) -> None:
    document = play(shop, folder).document
    each = document["products"].values()
    sums = {name: sum(one[name] for one in each) for name in (*SUMMED, "short")}
    sums["fill"] = fill(sums["asked"], sums["sold"], sums["short"])
    assert differences({"all_products": sums}, document) == []


@given(shop=shops(scarce=True).filter(lambda shop: shop.setting.fulfilment == "partial"))
@each_shop
def test_where_parts_are_sold_what_was_asked_for_was_sold_or_short(
    shop: Shop, folder: Path
) -> None:
    for sku, one in play(shop, folder).document["products"].items():
        assert one["asked"] == one["sold"] + one["short"], sku


def sells_one_by_one(shop: Shop) -> bool:
    lines = [group.get("orders", {}).get("lines", 1) for _, group in written_groups(shop)]
    return shop.setting.fulfilment != "backorder" and set(lines) == {1}


@given(shop=shops().filter(sells_one_by_one))
@each_shop
def test_a_product_is_sold_out_when_the_last_unit_is_sold(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    # With several products units are promised before they are sold, and given back maybe.
    assume(all(len({line["sku"] for line in order["lines"]}) < 2 for order in played.orders))
    for sku, one in played.document["products"].items():
        assert one["sold_out_at_s"] == sold_out_at(shop.setting, played.orders, sku), sku


@given(shop=shops(scarce=True))
@each_shop
def test_a_product_without_a_moment_of_selling_out_has_units_left(shop: Shop, folder: Path) -> None:
    for sku, one in play(shop, folder).document["products"].items():
        if one["sold_out_at_s"] is None:
            assert one["initial"], sku
            assert one["final"], sku


# --- The rest of the document ---------------------------------------------------------------


@given(shop=shops().filter(lambda shop: shop.log is not None))
@each_shop
def test_every_row_of_a_log_is_read_and_every_order_of_it_is_sent(shop: Shop, folder: Path) -> None:
    document = play(shop, folder).document
    assert shop.log is not None
    replay, groups = document["replay"], document["groups"]
    assert replay["rows"] == shop.replays * shop.log.rows
    assert replay["orders"] == shop.replays * shop.log.orders
    sent = [groups[name]["orders"] for name, group in written_groups(shop) if "replay" in group]
    assert [one["placed"] + one["duplicates"] for one in sent] == [shop.log.orders] * shop.replays


@given(shop=shops().filter(lambda shop: shop.log is not None))
@each_shop
def test_orders_of_a_log_are_placed_when_their_earliest_row_was(shop: Shop, folder: Path) -> None:
    orders = play(shop, folder).orders
    assert shop.log is not None
    for name, group in written_groups(shop):
        for order in orders if "replay" in group else ():
            if order["group"] == name:
                at = shop.log.placed[order["id"]] / group["replay"].get("compress", 1)
                assert order["placed_s"] == pytest.approx(at, rel=1e-9), order["id"]


def written_groups(shop: Shop) -> list[tuple[str, Figures]]:
    return list(shop.scenario["clients"].items())


@given(shop=shops())
@each_shop
def test_the_audit_holds_and_nothing_fails(shop: Shop, folder: Path) -> None:
    document = play(shop, folder).document
    assert [check for check in document["audit"]["checks"] if not check["ok"]] == []
    assert (document["crashes"], document["exit_code"]) == (0, 0)


# What records say nothing of, or what a test above looks at.
BESIDE: Final = {
    *("result", "version", "scenario", "seed", "replication", "runtime", "time", "simulated_s"),
    *("actors", "bottleneck", "messages", "dead_letters", "replay", "broker", "audit"),
    *("thresholds", "interrupted", "crashes", "exit_code"),
}


@given(shop=shops())
@settings(each_shop, max_examples=10)
def test_no_figure_of_orders_products_or_processors_is_left_out(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    counted = {path for path, _ in leaves(everything(played.recount(shop.setting)))}
    left_out = [
        ".".join(path)
        for path, _ in leaves(played.document)
        if path[0] not in BESIDE
        and not {path, path[:-1]} & counted  # reasons and kinds are counted together
        and path[-1] not in {"duplicates", "sold_out_at_s"}
    ]
    assert left_out == []


def everything(recount: Recount) -> dict[str, Any]:
    return recount.everywhere(recount.block) | {
        "processors": recount.processors(),
        "products": products(recount.setting, recount.orders),
        "all_products": all_products(recount.setting, recount.orders),
    }
