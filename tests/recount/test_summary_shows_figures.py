"""Whatever number the summary prints is the figure of the result, rounded to what is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from conditions import conditions
from hypothesis import given
from hypothesis import strategies as st
from pages import Page, Row, cells, shows
from playing_shops import Played, each_shop, play

from actors.report.summary.page import render
from scenarios import Shop, shops

pytest_plugins = ("shop_fixtures",)

Figures = Mapping[str, Any]

LIMITS: Final = {
    "share": ["0%", "5%", "33.3%"],
    "count": ["0", "1", "20"],
    "rate": ["0/s", "3/s", "500/min"],
    "time": ["0ms", "30ms", "0.5s", "1min"],
}


@st.composite
def judged(draw: st.DrawFn) -> Shop:
    """A shop with a few thresholds, of which some will fail."""
    shop = draw(shops())
    setting = shop.setting
    narrowings = [(None, None), *[(group, None) for group in setting.groups]]
    every = list(conditions(list(setting.stock), narrowings))
    chosen = draw(st.lists(st.sampled_from(every), max_size=8, unique=True))
    texts = []
    for condition in chosen:
        limit = draw(st.sampled_from(LIMITS[condition.unit]))
        comparison = draw(st.sampled_from(["<", "<=", ">", ">="]))
        texts.append(condition.held_to(f"{comparison} {limit}").text)
    return shop.with_thresholds(texts)


def page_of(played: Played) -> Page:
    return Page(render(played.result, colour=False, everything=True, width=200))


def wrong(row: Row, figures: Mapping[str, float | None]) -> list[str]:
    """The cells that do not show their figure."""
    return [
        f"{name}: {row.get(name)!r} shown, {value!r} found"
        for name, value in figures.items()
        if name not in row or not shows(row[name], value)
    ]


# --- Orders ---------------------------------------------------------------------------------


def of_block(block: Figures) -> dict[str, float | None]:
    """What the table of orders has of a block."""
    orders, latency = block["orders"], block["latency_s"]
    counts = {name: orders[name] for name in ("placed", "fulfilled", "partial", "rejected")}
    times = {name: latency[name] for name in ("mean", "p50", "p95", "p99", "max")}
    return counts | times | {"mean 2": block["wait_s"]["mean"]}


@given(shop=shops())
@each_shop
def test_the_table_of_orders_shows_each_block(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    page, document = page_of(played), played.document
    tables = [blocks for blocks in (document["phases"], document["groups"]) if blocks]
    for number, blocks in enumerate(tables):
        table = page.table("ORDERS", number, header=1)
        assert list(table) == [*blocks, "total"]
        for name, block in [*blocks.items(), ("total", document)]:
            assert wrong(table[name], of_block(block)) == [], name


@given(shop=shops())
@each_shop
def test_the_rejected_are_shown_by_reason(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    page, orders = page_of(played), played.document["orders"]
    rejected, placed = orders["rejected"], orders["placed"]
    if not rejected:
        assert not any(line.startswith("REJECTED") for line in page.lines)
        return
    total = re.fullmatch(r"(\S+) of (\S+) orders, (\S+)", page.line("REJECTED"))
    assert total is not None
    shares = {"rejected": rejected, "placed": placed, "share": rejected / placed}
    assert wrong(dict(zip(shares, total.groups(), strict=True)), shares) == []
    rows = {row[0]: row[1:] for row in map(cells, page.section("REJECTED")[1:])}
    assert set(orders["rejected_by"]) <= set(rows)
    for reason, count in orders["rejected_by"].items():
        assert shows(rows[reason][0], count), reason
        assert shows(rows[reason][1], count / placed), reason
    letters = [row for row in rows if " x " in row]
    assert len(letters) == len(played.document["dead_letters"])


@given(shop=shops())
@each_shop
def test_products_behind_the_rejections_are_shown_with_theirs(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    page, products = page_of(played), played.document["products"]
    refused = [one["refused"] for one in products.values()]
    if not any(refused):
        return
    rows = {row[0]: row[1:] for row in map(cells, page.section("REJECTED")[1:])}
    behind = [part for part in rows["out_of_stock"][2].split(", ") if " since " in part]
    assert len(behind) == min(3, sum(count > 0 for count in refused))
    for part in behind:
        found = re.fullmatch(r"(.+) (\S+) since (\S+)", part)
        assert found is not None
        assert shows(found[2], products[found[1]]["refused"]), part
        assert shows(found[3], products[found[1]]["short_since_s"]), part


# --- Stock ----------------------------------------------------------------------------------


@given(shop=shops())
@each_shop
def test_the_table_of_stock_shows_each_product(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    table = page_of(played).table("STOCK")
    for sku, one in played.document["products"].items():
        figures = {
            "initial": one["initial"],
            "sold": one["sold"],
            "returned+restocked": one["returned"] + one["restocked"],
            "final": one["final"],
            "fill": one["fill"],
            "sold out at": one["sold_out_at_s"],
            "refused": one["refused"],
        }
        assert wrong(table[sku], figures) == [], sku


# --- Load -----------------------------------------------------------------------------------


@given(shop=shops())
@each_shop
def test_the_lines_below_show_the_load(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    page, document = page_of(played), played.document
    processors = document["processors"]
    facts = page.line("PROCESSORS").split(" · ")
    figures = {
        r"(\S+) at \S+": processors["count"],
        r"\S+ at (\S+)": processors["utilisation"],
        r"queue mean (\S+), max \S+": processors["queue"]["mean"],
        r"queue mean \S+, max (\S+)": processors["queue"]["max"],
        r"(\S+) of orders waited": document["waited"],
        r"(\S+) orders/s done": document["throughput_per_s"],
    }
    for pattern, value in figures.items():
        texts = [found[1] for fact in facts if (found := re.fullmatch(pattern, fact))]
        if value is None:
            assert texts == [], pattern
        else:
            assert [shows(text, value) for text in texts] == [True], pattern
    busiest = re.fullmatch(r"(.+), busy (\S+) of the time", page.line("BOTTLENECK"))
    assert busiest is not None
    assert busiest[1] == document["bottleneck"]["actor"]
    assert shows(busiest[2], document["bottleneck"]["busy"])


@given(shop=shops())
@each_shop
def test_the_head_shows_how_many_orders_there_were_in_what_time(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    page, document = page_of(played), played.document
    head = re.match(r"(\S+) orders · (\S+) simulated in (\S+)", page.lines[1])
    assert head is not None
    assert shows(head[1], document["orders"]["placed"])
    assert shows(head[2], document["simulated_s"])
    assert shows(head[3], document["time"]["wall_s"])


@given(shop=shops())
@each_shop
def test_the_table_of_actors_shows_each_role(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    page, document = page_of(played), played.document
    table = page.table("ACTORS")
    for role, one in document["actors"].items():
        names = {"count": "count", "messages": "messages", "longest mailbox": "queue_max"}
        assert wrong(table[role], {name: one[key] for name, key in names.items()}) == [], role
    counts = re.findall(r"([\d,]+) (?:messages sent|handled|dead-lettered)", page.lines[-1])
    messages = document["messages"]
    for text, key in zip(counts, ("sent", "handled", "dead_lettered"), strict=True):
        assert shows(text, messages[key]), key


@given(shop=shops().filter(lambda shop: shop.log is not None))
@each_shop
def test_a_log_is_shown_with_its_rows_and_orders(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    replay = played.document["replay"]
    found = re.match(r"(\S+) rows read as (\S+) orders", page_of(played).line("REPLAY"))
    assert found is not None
    assert shows(found[1], replay["rows"])
    assert shows(found[2], replay["orders"])


# --- Checks ---------------------------------------------------------------------------------


@given(shop=judged())
@each_shop
def test_each_threshold_is_shown_with_its_figure(shop: Shop, folder: Path) -> None:
    played = play(shop, folder)
    page, thresholds = page_of(played), played.document["thresholds"]
    shown = [row for row in map(cells, page.section("CHECKS")[1:]) if len(row) == 3]
    rows = {row[1]: row for row in shown}
    for one in thresholds:
        sign, _, actual = rows[one["expression"]]
        assert sign.split()[1] == ("ok" if one["ok"] else "FAILED"), one
        assert shows(actual, one["value"]), one
    failed = sum(not one["ok"] for one in thresholds)
    if failed:
        assert f"{failed} of {len(thresholds)} thresholds failed" in page.lines[2]
    assert played.document["exit_code"] == (99 if failed else 0)
