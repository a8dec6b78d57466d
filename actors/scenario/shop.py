"""The shop: products, the router, the processors, and what all inventories have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from actors.decisions.routing import STRATEGIES, explained
from actors.scenario.base import Model
from actors.scenario.fields import Maximum, Times, number, one_of, whole
from actors.scenario.written_distributions import WORDS, parse_distribution
from actors.vocabulary.outcomes import FULFILMENTS, Fulfilment

__all__ = ["Inventory", "Processors", "Product", "Router"]


class Product(Model):
    """One product, or each product of a range such as ACC-001..048."""

    stock: Annotated[int, whole(0, Maximum.STOCK)]
    """Units on hand at the start."""

    price: Annotated[float, number(0, 1e12)] | None = None
    """Of one unit, for the revenue."""


class Router(Model):
    """Who gets the next order, and how many may wait."""

    strategy: Annotated[str, one_of(STRATEGIES), Field(description=explained(STRATEGIES))] = next(
        iter(STRATEGIES)
    )

    queue_limit: Annotated[int, whole(0, Maximum.ORDERS)] | None = None
    """Waiting orders in all; one more is rejected as overloaded. Without it, any number waits."""


class Processors(Model):
    """Those that serve orders, one order at a time each."""

    count: Annotated[int, whole(1, Maximum.ACTORS)] = 1
    """How many there are."""

    service_time: Annotated[Times, Field(description=f"Of an order: {WORDS}.")]

    line_time: Times = Field(default_factory=lambda: parse_distribution("0ms"))
    """Added for each line of an order; written like service_time."""

    fulfilment: Annotated[Fulfilment, one_of(FULFILMENTS)] = "all_or_nothing"
    """When stock is short: all_or_nothing rejects the order, partial sells what there is,
    backorder waits for a restock."""


class Inventory(Model):
    """What every product's inventory has in common."""

    service_time: Times = Field(default_factory=lambda: parse_distribution("0ms"))
    """Of a line at its product, one at a time; written like processors.service_time."""
