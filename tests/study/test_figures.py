from __future__ import annotations

import json

import pytest
from small_sets import SHOP, loaded_shop, results

from actors import Result, load_text, to_json
from actors.study.figures import figures_of


@pytest.fixture(scope="module")
def result() -> Result:
    return results(load_text(SHOP.replace("TEA:", "X.Y: {stock: 3}, TEA:"), name="shop"), 1)[0]


def test_each_figure_is_the_number_at_its_path_in_the_document(result: Result) -> None:
    document = json.loads(to_json(result))
    for name, value in figures_of(result):
        if ".rejected_by." in name or ".by_kind." in name or "shares." in name:
            continue  # beside the document: what did not happen, and shares
        assert at(document, name) == value, name


def at(node: object, path: str) -> object:
    """The value at a dotted path whose keys may have dots themselves."""
    if not path:
        return node
    assert isinstance(node, dict)
    keys = [key for key in node if path == key or path.startswith(f"{key}.")]
    key = max(keys, key=len)
    return at(node[key], path[len(key) + 1 :])


def test_every_number_that_a_run_measures_is_a_figure(result: Result) -> None:
    names = set(dict(figures_of(result)))

    assert names >= {
        "simulated_s",
        "orders.placed",
        "orders.rejected_by.overloaded",
        "shares.out_of_stock",
        "latency_s.p99",
        "wait_s.mean",
        "service_s.max",
        "waited",
        "throughput_per_s",
        "in_system_mean",
        "groups.web.latency_s.p50",
        "phases.day.throughput_per_s",
        "products.TEA.fill",
        "products.X.Y.sold",
        "processors.utilisation",
        "processors.queue.max",
        "actors.router.messages",
        "bottleneck.busy",
        "messages.sent",
    }


def test_settings_and_identity_are_no_figures(result: Result) -> None:
    names = set(dict(figures_of(result)))

    assert not names & {"seed", "exit_code", "phases.day.start_s", "products.TEA.initial"}
    assert not any("time" in name for name in names)


def test_shares_are_of_the_orders_placed(result: Result) -> None:
    figures = dict(figures_of(result))

    assert figures["shares.rejected"] == result.orders.rejected / result.orders.placed
    assert figures["shares.invalid"] == 0


def test_without_an_order_shares_and_times_have_no_sample() -> None:
    nobody = "clients.web.phases.day={duration: 1s, rate: 0.000001/d}"
    figures = dict(figures_of(results(loaded_shop(nobody), 1)[0]))

    assert figures["orders.placed"] == 0
    assert figures["shares.fulfilled"] is None
    assert figures["latency_s.mean"] is None


def test_all_replications_have_the_same_figures_in_the_same_order() -> None:
    short = loaded_shop("products.TEA.stock=190", "clients.web.orders.kind={sale: 99, return: 1}")
    names = {tuple(dict(figures_of(result))) for result in results(short, 12)}

    assert len(names) == 1
