"""What a scenario may say: every key, its type, its default, its limits.

A shop under load is products and their stock, clients and how they order, a router and
processors between them, and thresholds to judge by. Checks that look at several places at
once stand in `structure` (what goes together), `references` (names that must exist) and
`timing` (windows, totals, time that would stand still).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from actors.scenario.base import Model
from actors.scenario.choices import Weighted
from actors.scenario.clients import Arrivals, Group, Orders, Phase, Replay
from actors.scenario.fields import (
    Condition,
    GroupName,
    Maximum,
    Name,
    ProductKey,
    Prose,
    Seconds,
    Version,
    one_of,
    whole,
)
from actors.scenario.names import MAX_PRODUCTS, count_names, expand
from actors.scenario.problems import failure, problems_of
from actors.scenario.references import dangling_names
from actors.scenario.shop import Inventory, Processors, Product, Router
from actors.scenario.structure import misplaced_keys
from actors.scenario.timing import Plan, Spell, Windows, impossible_times
from actors.vocabulary.runtimes import IN_SCENARIOS, REPEATABLE, meanings

__all__ = [
    "Arrivals",
    "Group",
    "Inventory",
    "Orders",
    "Phase",
    "Processors",
    "Product",
    "Replay",
    "Router",
    "Scenario",
]


def _expanded(products: Mapping[str, Product]) -> Mapping[str, Product]:
    """The products with a key for each name of a range, in the order written."""
    if sum(map(count_names, products)) > MAX_PRODUCTS:
        raise ValueError(f"this makes more than {MAX_PRODUCTS:,} products")
    return {name: product for key, product in products.items() for name in expand(key)}


class Scenario(Model):
    """A whole scenario."""

    stocksim: Version
    """The version of this format: 1."""

    name: Name = Field(default_factory=lambda: "scenario")
    """What the reports call it; default: the file's name."""

    description: Prose = ""
    """For people."""

    seed: Annotated[int, whole(0, 2**63 - 1)] = 1
    """Where chance begins: the same seed gives the same run, to the byte."""

    runtime: Annotated[str, one_of(IN_SCENARIOS), Field(description=meanings(*IN_SCENARIOS))] = (
        REPEATABLE
    )

    warm_up: Seconds = 0.0
    """Statistics skip orders placed before it; counts, products and audit cover the whole run."""

    products: Annotated[Mapping[ProductKey, Product], AfterValidator(_expanded)] = Field(
        default_factory=dict
    )
    """By SKU; a range such as ACC-001..048 makes one product a number. zipf ranks by their order.
    May be left out only where a replay has a stock."""

    router: Router = Field(default_factory=Router)
    """Checks orders, queues them, picks a processor."""

    processors: Processors
    """Serve the orders."""

    inventory: Inventory = Field(default_factory=Inventory)
    """Keeps the stock, one for each product."""

    clients: Annotated[Mapping[GroupName, Group], Field(min_length=1)]
    """Groups of clients, by name."""

    thresholds: Annotated[tuple[Condition, ...], Field(max_length=Maximum.THRESHOLDS)] = ()
    """What the run must keep to: METRIC [STATISTIC] [of SKU] OP VALUE [during PHASE] [for GROUP],
    such as latency p99 < 1500ms."""

    @model_validator(mode="wrap")
    @classmethod
    def _find_every_mistake(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - pydantic's signature
        """One wrong value must not hide that a name elsewhere does not exist."""
        problems = [*misplaced_keys(data), *dangling_names(data)]
        try:
            scenario = handler(data)
        except ValidationError as error:
            raise failure([*problems_of(error), *problems]) from None
        problems = problems or impossible_times(scenario.plan)
        if problems:
            raise failure(problems)
        return scenario

    @property
    def horizon(self) -> float:
        """The latest end of any group's phases, in seconds; 0 without phases."""
        return self._windows.horizon

    @property
    def phase_windows(self) -> Mapping[str, tuple[float, float]]:
        """Start and end of every phase, in seconds, by name."""
        return self._windows.by_phase

    def timeline(self, group: str) -> tuple[Spell, ...]:
        """A group's phases as (name, start, end) in seconds.

        A group without phases has those of the longest other group; the first on ties, none
        where no group has any.
        """
        return self._windows.of(group)

    @property
    def plan(self) -> Plan:
        """What decides when something happens."""
        return Plan(
            self.clients, self.processors, self.router, self.inventory, self.warm_up, self._windows
        )

    @cached_property
    def _windows(self) -> Windows:
        return Windows(self.clients)

    def sku_choice(self, group: str) -> Weighted[str]:
        """How a group's orders choose among the listed products.

        Raises:
            ValueError: there are no listed products.
        """
        return self.clients[group].orders.sku.over(tuple(self.products))
