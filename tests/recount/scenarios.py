"""Scenarios over the whole vocabulary, small enough to be over in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import yaml
from hypothesis import strategies as st
from recorded_logs import COLUMNS, FILE, Log, logs
from setting import Setting

__all__ = ["Shop", "shops"]

Written = dict[str, Any]
Draw = st.DrawFn


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


# --- Times ----------------------------------------------------------------------------------

SECONDS: Final = {"s": 1.0, "ms": 0.001, "min": 60.0}
# Eighths add up exactly, so that a warm-up can end where a phase does; the others do not.
LENGTHS: Final = ["1s", "1.5s", "2s", "0.025min", "2.2s", "700ms", "125ms"]
MEANS: Final = [10, 40, 150, 400, 2]


def seconds(text: str) -> float:
    """A duration as the README defines it."""
    number = text.rstrip("mins")
    return float(number) * SECONDS[text.removeprefix(number)]


def constant(times: str) -> bool:
    """Whether a distribution always gives the same."""
    return times[0].isdigit()


def slow(times: str) -> bool:
    """Whether a distribution gives a tenth of a second or so, and hardly ever much less."""
    return times.startswith("uniform") and times.endswith(("300ms", "800ms"))


@st.composite
def chance(draw: Draw, means: Sequence[int]) -> str:
    """A distribution that is not constant."""
    mean = draw(st.sampled_from(means))
    cv = draw(st.sampled_from(["0.3", "1", "2.5"]))
    forms = [
        f"exponential {mean}ms",
        f"uniform {mean // 2}ms..{2 * mean}ms",
        f"lognormal {mean}ms {cv}",
        f"gamma {mean}ms {cv}",
    ]
    return draw(st.sampled_from(forms))


def distributions(means: Sequence[int]) -> st.SearchStrategy[str]:
    """Any distribution with one of these means, in milliseconds."""
    fixed = st.sampled_from(means).map("{}ms".format)
    return st.one_of(chance(means), chance(means), chance(means), fixed)


# --- Products -------------------------------------------------------------------------------

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "A": ("A",),
    "RED TEA": ("RED TEA",),
    "0123": ("0123",),
    "ACC-01..05": tuple(f"ACC-0{number}" for number in range(1, 6)),
    "CUP9..11": ("CUP9", "CUP10", "CUP11"),
}
STOCKS: Final = [20, 5, 60, 150, 60, 2000, 1, 0]
PRICES: Final = [None, 3.5, 19.99, 899.0, 0.1, 0]


@st.composite
def products(draw: Draw) -> Written:
    """One product or more, some of them ranges."""
    keys = draw(st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=4, unique=True))
    return {key: draw(product()) for key in keys}


@st.composite
def product(draw: Draw) -> Written:
    """A stock, and maybe a price."""
    price = draw(st.sampled_from(PRICES))
    return {"stock": draw(st.sampled_from(STOCKS))} | ({} if price is None else {"price": price})


def by_sku(listed: Mapping[str, Written], key: str) -> dict[str, Any]:
    """One of the products' values by SKU, with ranges written out."""
    return {
        sku: product[key]
        for name, product in listed.items()
        if key in product
        for sku in KEYS[name]
    }


# --- Orders ---------------------------------------------------------------------------------

WEIGHTS: Final = [0.5, 1, 3, 10]


@st.composite
def weights(draw: Draw, items: Sequence[Any]) -> dict[Any, float]:
    """Some of the items with a weight each."""
    chosen = draw(st.lists(st.sampled_from(items), min_size=1, max_size=4, unique=True))
    return {item: draw(st.sampled_from(WEIGHTS)) for item in chosen}


@st.composite
def popularity(draw: Draw, keys: Sequence[str]) -> Any:
    """How products are chosen: `uniform`, `zipf S` or weights of SKUs and ranges."""
    words = st.sampled_from(["uniform", "zipf 0", "zipf 1.1", "zipf 3"])
    return draw(st.one_of(words, weights(keys)))


@st.composite
def orders(draw: Draw, keys: Sequence[str]) -> Written:
    """What a group's orders look like, with some parts left to their defaults."""
    kinds = st.sampled_from(["sale", {"sale": 8, "return": 1, "restock": 1}, "return"])
    every = {
        "lines": draw(st.sampled_from(["1..3", 2, "2..6", 1])),
        "quantity": draw(st.sampled_from(["1..3", 3, "2..40", 1])),
        "sku": draw(popularity(keys)),
        "kind": draw(st.one_of(kinds, weights(["sale", "sale", "return", "restock"]))),
        "priority": draw(st.one_of(st.just(2), weights([0, 5, -3]))),
    }
    return {key: value for key, value in every.items() if draw(st.booleans())}


# --- Clients --------------------------------------------------------------------------------

RATES: Final = ["40/s", "15/s", "80/s", "1200/min", "0/s"]
PHASES: Final = ("morning", "late noon", "night")


@dataclass(frozen=True)
class Plan:
    """The lengths of the shop's phases; each group has the first few of them.

    `patient`: clients who do not think are kept waiting, so that they place no thousands.
    """

    lengths: tuple[str, ...]
    patient: bool

    def names(self, group: str, own: Sequence[bool]) -> list[str]:
        """The names of a group's phases: shared with other groups, or its own."""
        return [f"{group} {n}" if mine else PHASES[n] for n, mine in enumerate(own)]


@st.composite
def phases(draw: Draw, plan: Plan, group: str, *, opened: bool) -> Written:
    """A group's phases; those of one name have the same window in every group."""
    own = draw(st.lists(st.booleans(), min_size=1, max_size=len(plan.lengths)))
    written: Written = {}
    for name, length in zip(plan.names(group, own), plan.lengths, strict=False):
        written[name] = {"duration": length} | (draw(rates()) if opened else {})
    return written


@st.composite
def rates(draw: Draw) -> Written:
    """What an open group does in a phase."""
    found: Written = {"rate": draw(st.sampled_from(RATES))}
    if draw(st.booleans()):
        found["ramp_to"] = draw(st.sampled_from(RATES))
    if draw(st.booleans()):
        found["burst"] = draw(st.sampled_from([30, 7, 1, 0]))
    return found


@st.composite
def open_group(draw: Draw, plan: Plan, group: str, keys: Sequence[str]) -> Written:
    """Clients that send on schedule."""
    return {
        "count": draw(st.sampled_from([1, 1, 3])),
        "arrivals": draw(st.sampled_from(["poisson", "poisson", "even", "batch 1", "batch 5"])),
        "phases": draw(phases(plan, group, opened=True)),
        "orders": draw(orders(keys)),
    }


@st.composite
def closed_group(
    draw: Draw, plan: Plan, group: str, keys: Sequence[str], *, alone: bool
) -> Written:
    """Clients that wait for their answers."""
    thinking = distributions([100, 250])
    if plan.patient:
        thinking = st.one_of(thinking, st.just("0ms"))
    found: Written = {
        "count": draw(st.sampled_from([1, 2, 4])),
        "think": draw(thinking),
        "orders": draw(orders(keys)),
    }
    if alone or draw(st.booleans()):
        found["phases"] = draw(phases(plan, group, opened=False))
    return found


@st.composite
def replay_group(draw: Draw, stock: int | None) -> Written:
    """A client that sends what the log says."""
    replay: Written = {"file": FILE, "columns": COLUMNS}
    compress = draw(st.sampled_from([None, 2, 0.5, 60]))
    if compress is not None:
        replay["compress"] = compress
    if stock is not None:
        replay["stock"] = stock
    return {"replay": replay}


# --- The shop -------------------------------------------------------------------------------

GROUPS: Final = ("web", "depot", "till")
STRATEGIES: Final = ["shared_queue", "round_robin", "random", "least_loaded", "hash"]
FULFILMENTS: Final = ["all_or_nothing", "partial", "partial", "backorder"]


@dataclass
class _Clients:
    """The groups drawn so far."""

    written: Written = field(default_factory=dict)
    log: Log | None = None
    made: int | None = None  # the stock of products that the log makes
    replays: int = 0


@st.composite
def shops(draw: Draw) -> Shop:
    """A shop, its customers and its log."""
    listed = draw(products())
    router, processors = draw(routers()), draw(servers())
    lengths = draw(st.lists(st.sampled_from(LENGTHS), min_size=1, max_size=3))
    patient = "queue_limit" not in router and slow(processors["service_time"])
    clients = draw(groups(Plan(tuple(lengths), patient), list(listed)))
    warm_up = draw(warm_ups(_windows(clients.written), replays=clients.replays > 0))
    scenario: Written = {
        "stocksim": 1,
        "seed": draw(st.sampled_from([1, 2, 77, 2**40])),
        "warm_up": warm_up,
        "products": listed,
        "router": router,
        "processors": processors,
        "clients": clients.written,
    }
    if draw(st.booleans()):
        scenario["inventory"] = {"service_time": draw(distributions([2, 40]))}
    if clients.made is not None and clients.replays == len(clients.written) and draw(st.booleans()):
        del scenario["products"]  # the log makes them all
    return Shop(scenario, _setting(scenario, clients), clients.log, clients.replays)


@st.composite
def routers(draw: Draw) -> Written:
    """Any strategy, with or without a limit."""
    router: Written = {"strategy": draw(st.sampled_from(STRATEGIES))}
    limit = draw(st.sampled_from([None, None, 0, 3, 20]))
    return router if limit is None else router | {"queue_limit": limit}


@st.composite
def servers(draw: Draw) -> Written:
    """Processors that may be much too slow, or serve in no time."""
    service = st.one_of(*[distributions(MEANS)] * 9, st.just("0ms"))
    found: Written = {
        "count": draw(st.sampled_from([1, 1, 2, 5])),
        "service_time": draw(service),
        "fulfilment": draw(st.sampled_from(FULFILMENTS)),
    }
    if draw(st.booleans()):
        found["line_time"] = draw(distributions([2, 40]))
    return found


@st.composite
def groups(draw: Draw, plan: Plan, keys: Sequence[str]) -> _Clients:
    """One to three groups of clients, each of any sort."""
    clients = _Clients()
    sorts = draw(st.lists(st.sampled_from(["open", "open", "closed", "replay"]), max_size=2))
    # The first has phases, or else is a log that all the others replay too.
    sorts = [draw(st.sampled_from(["open", "open", "closed", "replay"])), *sorts]
    if sorts[0] == "replay":
        sorts = [sort for sort in sorts if sort != "closed"]
    for group, sort in zip(GROUPS, sorts, strict=False):
        if sort == "replay":
            draw(_replayed(clients, group, keys))
        elif sort == "closed":
            alone = not clients.written
            clients.written[group] = draw(closed_group(plan, group, keys, alone=alone))
        else:
            clients.written[group] = draw(open_group(plan, group, keys))
    return clients


@st.composite
def _replayed(draw: Draw, clients: _Clients, group: str, keys: Sequence[str]) -> None:
    if clients.log is None:
        clients.log = draw(logs([sku for key in keys for sku in KEYS[key]]))
        clients.made = draw(st.sampled_from([None, 0, 2, 1000]))
    clients.written[group] = draw(replay_group(clients.made))
    clients.replays += 1


@st.composite
def warm_ups(draw: Draw, windows: Mapping[str, tuple[float, float]], *, replays: bool) -> str:
    """None, a part of the run, or just until a phase ends."""
    horizon = max((end for _, end in windows.values()), default=3.0)
    edges = [end for _, end in windows.values() if end * 8 == int(end * 8)]
    inner = [f"{edge}s" for edge in edges if edge < horizon or replays]
    parts = [f"{horizon * part:.3f}s" for part in (0.1, 0.45, 0.9)]
    return draw(st.one_of(st.just("0s"), st.sampled_from([*parts, *inner])))


def _windows(clients: Mapping[str, Written]) -> dict[str, tuple[float, float]]:
    windows: dict[str, tuple[float, float]] = {}
    for group in clients.values():
        at = 0.0
        for name, phase in group.get("phases", {}).items():
            end = at + seconds(phase["duration"])
            windows[name] = (at, end)
            at = end
    return windows


def _setting(scenario: Written, clients: _Clients) -> Setting:
    listed = scenario.get("products", {})
    stock = by_sku(listed, "stock")
    if clients.log is not None and clients.made is not None:
        for sku in clients.log.skus:
            stock.setdefault(sku, clients.made)
    processors = scenario["processors"]
    return Setting(
        stock=stock,
        prices=by_sku(listed, "price"),
        groups=tuple(clients.written),
        windows=_windows(clients.written),
        processors=processors["count"],
        fulfilment=processors["fulfilment"],
        warm_up=seconds(scenario["warm_up"]),
        ties=constant(processors["service_time"]),
    )
