"""Scenarios over the whole vocabulary, small enough to be over in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import yaml
from assortments import Written, by_sku, products
from customers import Customers, Plan, groups, windows
from hypothesis import strategies as st
from recorded_logs import Log
from scales import HOURS, MINUTE, Scale, constant, seconds
from setting import Setting

__all__ = ["Shop", "shops"]

STRATEGIES: Final = ["shared_queue", "round_robin", "random", "least_loaded", "hash"]
FULFILMENTS: Final = ["all_or_nothing", "partial", "all_or_nothing", "partial", "backorder"]


@dataclass(frozen=True)
class Shop:
    """A scenario, the log that it replays, and what a recount has to know of both.

    Attributes:
        replays: how many of its groups replay the log.
    """

    scenario: Mapping[str, Any]
    setting: Setting
    log: Log | None = None
    replays: int = 0

    @property
    def text(self) -> str:
        """The scenario as YAML."""
        return yaml.safe_dump(dict(self.scenario), sort_keys=False, allow_unicode=True)

    def with_thresholds(self, texts: Sequence[str]) -> Shop:
        """The same with other thresholds."""
        return replace(self, scenario={**self.scenario, "thresholds": list(texts)})


@st.composite
def shops(draw: st.DrawFn, *, scarce: bool = False) -> Shop:
    """A shop, its customers and its log; one with scarce products refuses many orders."""
    scale = draw(st.sampled_from([MINUTE, MINUTE, HOURS]))
    listed = draw(products(scarce=scarce))
    router, processors = draw(_routers()), draw(_servers(scale))
    lengths = draw(st.lists(st.sampled_from(scale.lengths), min_size=1, max_size=3))
    kept = "queue_limit" not in router and scale.keeps_waiting(processors["service_time"])
    customers = draw(groups(Plan(scale, tuple(lengths), tuple(listed), scarce, kept)))
    scenario: Written = {
        "stocksim": 1,
        "seed": draw(st.sampled_from([1, 2, 77, 2**40])),
        "warm_up": draw(_warm_ups(customers)),
        "products": listed,
        "router": router,
        "processors": processors,
        "clients": customers.written,
    }
    if draw(st.booleans()):
        scenario["inventory"] = {"service_time": draw(scale.times(scale.short))}
    only_a_log = customers.made is not None and customers.replays == len(customers.written)
    if only_a_log and draw(st.booleans()):
        del scenario["products"]  # the log makes them all
    return Shop(scenario, _setting(scenario, customers), customers.log, customers.replays)


@st.composite
def _routers(draw: st.DrawFn) -> Written:
    """Any strategy, with or without a limit."""
    router: Written = {"strategy": draw(st.sampled_from(STRATEGIES))}
    limit = draw(st.sampled_from([None, None, 0, 3, 20]))
    return router if limit is None else router | {"queue_limit": limit}


@st.composite
def _servers(draw: st.DrawFn, scale: Scale) -> Written:
    """Processors that may be much too slow, or serve in no time."""
    no_time = draw(st.sampled_from([False] * 14 + [True]))
    found: Written = {
        "count": draw(st.sampled_from([1, 1, 2, 5])),
        "service_time": "0ms" if no_time else draw(scale.times(scale.means)),
        "fulfilment": draw(st.sampled_from(FULFILMENTS)),
    }
    if draw(st.booleans()):
        found["line_time"] = draw(scale.times(scale.short))
    return found


@st.composite
def _warm_ups(draw: st.DrawFn, customers: Customers) -> str:
    """None, a part of the run, or just until a phase ends."""
    ends = [end for _, end in windows(customers.written).values()]
    horizon = max(ends, default=3.0)
    exact = [end for end in ends if end * 8 == int(end * 8)]
    edges = [f"{end}s" for end in exact if end < horizon or customers.replays]
    parts = [f"{horizon * part:.3f}s" for part in (0.1, 0.45, 0.9)]
    return draw(st.one_of(st.just("0s"), st.sampled_from([*parts, *edges])))


def _setting(scenario: Written, customers: Customers) -> Setting:
    listed = scenario.get("products", {})
    stock = by_sku(listed, "stock")
    if customers.log is not None and customers.made is not None:
        for sku in customers.log.skus:
            stock.setdefault(sku, customers.made)
    processors = scenario["processors"]
    return Setting(
        stock=stock,
        groups=tuple(customers.written),
        prices=by_sku(listed, "price"),
        windows=windows(customers.written),
        processors=processors["count"],
        fulfilment=processors["fulfilment"],
        warm_up=seconds(scenario["warm_up"]),
        ties=constant(processors["service_time"]),
    )
