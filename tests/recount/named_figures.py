"""The figure that a threshold names: in a result's document, and recounted from the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conditions import Condition
from expected import Between
from recounting import Recount, nearest_rank
from shelves import all_products, product

__all__ = ["in_document", "recounted"]

SHOWN: Final = {"mean", "min", "max", "p50", "p90", "p95", "p99"}  # what a result has of times
TIMES: Final = {"latency", "wait", "service"}
OUTCOMES: Final = {"placed", "fulfilled", "partial", "rejected"}
OF_BLOCKS: Final = {"waited": "waited", "throughput": "throughput_per_s"}
OF_PRODUCTS: Final = {"sold": "sold", "stock": "final", "fill": "fill"}

Document = Mapping[str, Any]


def in_document(condition: Condition, document: Document) -> object:
    """The figure of that name; Ellipsis where a document has none.

    Raises:
        KeyError: it should have one.
    """
    if condition.metric in OF_PRODUCTS:
        every, each = document["all_products"], document["products"]
        figures = every if condition.sku is None else each[condition.sku]
        return figures[OF_PRODUCTS[condition.metric]]
    if condition.metric in {"queue", "utilisation"}:
        return _of_processors(condition, document["processors"])
    if condition.group is not None and condition.phase is not None:
        return ...
    block = document
    if condition.group is not None:
        block = document["groups"][condition.group]
    elif condition.phase is not None:
        block = document["phases"][condition.phase]
    return _of_block(condition, block)


def _of_processors(condition: Condition, processors: Document) -> object:
    if condition.metric == "queue":
        return processors["queue"][condition.statistic]
    return processors["utilisation"]


def _of_block(condition: Condition, block: Document) -> object:
    if condition.metric in TIMES:
        return block[f"{condition.metric}_s"].get(condition.statistic, ...)
    if condition.metric in OF_BLOCKS:
        return block[OF_BLOCKS[condition.metric]]
    return _counted(condition, block["orders"])


def _counted(condition: Condition, orders: Document) -> float | None:
    metric = condition.metric
    count = orders[metric] if metric in OUTCOMES else orders["rejected_by"].get(metric, 0)
    if condition.unit == "count":
        return int(count)
    return count / orders["placed"] if orders["placed"] else None


def recounted(condition: Condition, recount: Recount) -> object:
    """The figure from the records; Ellipsis where they do not tell."""
    if condition.metric in OF_PRODUCTS:
        return _of_products(condition, recount)
    if condition.metric in {"queue", "utilisation"}:
        return _of_processors(condition, recount.processors())
    if condition.metric in TIMES and condition.statistic not in SHOWN:
        return _percentile(condition, recount)
    if condition.metric == "waited" and recount.setting.ties:
        return ...
    return _of_block(condition, recount.block(condition.group, condition.phase))


def _of_products(condition: Condition, recount: Recount) -> object:
    setting, orders = recount.setting, recount.orders
    if condition.sku is None:
        figures = all_products(setting, orders)
    else:
        figures = product(setting, orders, condition.sku)
    return figures[OF_PRODUCTS[condition.metric]]


def _percentile(condition: Condition, recount: Recount) -> object:
    values = recount.times(condition.metric, condition.group, condition.phase)
    found = nearest_rank(values, str(condition.statistic).removeprefix("p"))
    told = condition.metric != "service" or recount.setting.fulfilment != "backorder"
    return found if told or found is None else Between(0.0, found)
