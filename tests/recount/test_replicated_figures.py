"""The figures of replications are the numbers of their documents, by the paths that lead there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from pathlib import Path
from typing import Any, Final

from expected import leaves, matches
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Page, cells, shows
from playing_shops import each_shop, loaded, play

from actors import Simulation, to_json
from actors.report.set_summary import render_set
from actors.study.document import ReplicationSet
from actors.study.figures import figures_of
from actors.study.together import Together
from scenarios import Shop, shops

pytest_plugins = ("shop_fixtures",)

some_shops = settings(each_shop, max_examples=9)

Document = Mapping[str, Any]

MEASURED: Final = {
    *("simulated_s", "orders", "latency_s", "wait_s", "service_s", "waited", "throughput_per_s"),
    *("in_system_mean", "groups", "phases", "products", "all_products", "processors", "actors"),
    *("bottleneck", "messages"),
}
SETTINGS: Final = {"initial", "start_s", "end_s"}  # alike in every replication
NO_ORDERS: Final = {
    "rejected_by": (
        *("invalid", "unknown_product", "out_of_stock", "overloaded", "failed", "interrupted"),
    ),
    "by_kind": ("sale", "return", "restock"),
}
THRESHOLDS: Final = {
    "latency p95 >= 0ms": "latency_s.p95",
    "rejected <= 100%": "shares.rejected",
    "queue max >= 0": "processors.queue.max",
    "sold >= 0": "all_products.sold",
    "stock >= 0": "all_products.final",
    "fill >= 0%": "all_products.fill",
}


def figures_in(document: Document) -> dict[str, float | None]:
    """Every number that a run measured; what did not happen is 0; outcomes are shares too."""
    found = {
        ".".join(path): value
        for path, value in leaves(document)
        if path[0] in MEASURED and not is_setting(path)
    }
    for before, orders in orders_in(document):
        placed = orders["placed"]
        shares = {name: orders[name] for name in ("fulfilled", "partial", "rejected")}
        for part, names in NO_ORDERS.items():
            counts = {name: orders[part].get(name, 0) for name in names}
            found |= {f"{before}orders.{part}.{name}": count for name, count in counts.items()}
            shares |= counts if part == "rejected_by" else {}
        for name, count in shares.items():
            found[f"{before}shares.{name}"] = count / placed if placed else None
    return found


def is_setting(path: Sequence[str]) -> bool:
    if path[0] in {"processors", "actors"} and (path[-1] == "count" or path[1] == "each"):
        return True
    return path[-1] in SETTINGS or path == ("bottleneck", "actor")


def orders_in(document: Document) -> Iterator[tuple[str, Document]]:
    """The counts of the whole run, of each group and of each phase, with the path before them."""
    yield "", document["orders"]
    for part in ("groups", "phases"):
        for name, block in document[part].items():
            yield f"{part}.{name}.", block["orders"]


@given(shop=shops())
@each_shop
def test_the_figures_of_a_run_are_all_the_numbers_that_it_measured(
    shop: Shop, folder: Path
) -> None:
    played = play(shop, folder)
    assert dict(figures_of(played.result)) == figures_in(played.document)


def replicated(shop: Shop, folder: Path, count: int) -> tuple[ReplicationSet, list[Document]]:
    """A set of replications, played here, and the documents of each."""
    scenario = loaded(shop.with_thresholds(list(THRESHOLDS)), folder)
    together = Together(scenario, scenario.scenario.seed)
    results = [Simulation(scenario, replication=number).run() for number in range(count)]
    for result in results:
        together.add(result)
    return together.document(count, 1.0), [json.loads(to_json(result)) for result in results]


def different(estimate: Document, values: Sequence[float | None]) -> bool:
    known = [float(value) for value in values if value is not None]
    expected = {
        "n": len(known),
        "mean": fsum(known) / len(known) if known else None,
        "min": min(known, default=None),
        "max": max(known, default=None),
    }
    return not all(matches(value, estimate[name]) for name, value in expected.items())


@given(shop=shops(), count=st.integers(1, 4))
@some_shops
def test_a_sets_figures_are_those_of_its_documents_put_together(
    shop: Shop, folder: Path, count: int
) -> None:
    found, documents = replicated(shop, folder, count)
    each = [figures_in(document) for document in documents]
    figures = json.loads(to_json(found))["figures"]
    assert set(figures) == set(each[0])
    assert [
        name for name, one in figures.items() if different(one, [values[name] for values in each])
    ] == []


@given(shop=shops(), count=st.integers(1, 4))
@some_shops
def test_a_sets_thresholds_are_held_against_the_figures_of_their_names(
    shop: Shop, folder: Path, count: int
) -> None:
    found, documents = replicated(shop, folder, count)
    document = json.loads(to_json(found))
    for place, (text, name) in enumerate(THRESHOLDS.items()):
        value = document["thresholds"][place]["value"]
        alone = [document["thresholds"][place]["value"] for document in documents]
        assert not different(value, alone), text
        assert value == document["figures"][name], text


@given(shop=shops(), count=st.integers(1, 3))
@some_shops
def test_a_sets_page_shows_its_figures(shop: Shop, folder: Path, count: int) -> None:
    found, _ = replicated(shop, folder, count)
    figures = json.loads(to_json(found))["figures"]
    page = Page(render_set(found, colour=False, everything=True, width=200))
    rows = {row[0]: row[1:] for row in map(cells, page.section("FIGURES")[1:])}
    assert set(rows) == {name for name, one in figures.items() if one["max"]}
    wrong = [name for name, row in rows.items() if not shows_estimate(row, figures[name], count)]
    assert wrong == []


def shows_estimate(row: Sequence[str], one: Document, count: int) -> bool:
    """Whether a row has the mean, half of its interval, the extremes, and how many had any."""
    off = [cell.removeprefix("±") for cell in row if cell.startswith("±")]
    mean, least, most, *partly = [cell for cell in row if not cell.startswith("±")]
    half_width = one["half_width"]
    return (
        all(map(shows, (mean, least, most), (one["mean"], one["min"], one["max"])))
        and (shows(off[0], half_width) if off else half_width is None)
        and partly == ([] if one["n"] == count else [f"in {one['n']} of {count}"])
    )
