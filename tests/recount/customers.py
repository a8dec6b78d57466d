"""Groups of clients: open ones, closed ones, and those that replay a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from assortments import KEYS, Written, orders
from hypothesis import strategies as st
from recorded_logs import COLUMNS, FILE, Log, logs
from scales import Scale, seconds

__all__ = ["Customers", "Plan", "groups", "windows"]

PHASES: Final = ("morning", "late noon", "night")
GROUPS: Final = ("web", "depot", "till")
SORTS: Final = ["open", "open", "closed", "replay"]


@dataclass(frozen=True)
class Plan:
    """What the groups of a shop have in common.

    Attributes:
        lengths: of the phases; each group has the first few of them.
        keys: of the products, which may be scarce.
        keeps_waiting: whether clients may think no time at all.
    """

    scale: Scale
    lengths: tuple[str, ...]
    keys: tuple[str, ...]
    scarce: bool
    keeps_waiting: bool


@dataclass
class Customers:
    """The groups as a scenario writes them, and the log that some replay.

    Attributes:
        made: the stock of products that only the log has; None: they are unknown.
    """

    written: Written = field(default_factory=dict)
    log: Log | None = None
    made: int | None = None
    replays: int = 0


@st.composite
def groups(draw: st.DrawFn, plan: Plan) -> Customers:
    """One to three groups of clients, each of any sort."""
    customers = Customers()
    sorts = draw(st.lists(st.sampled_from(SORTS), min_size=1, max_size=len(GROUPS)))
    if sorts[0] == "replay":  # without phases, a closed group might never end
        sorts = [sort for sort in sorts if sort != "closed"]
    for group, sort in zip(GROUPS, sorts, strict=False):
        if sort == "replay":
            draw(_replayed(customers, group, plan))
        elif sort == "closed":
            first = not customers.written
            customers.written[group] = draw(_closed(plan, group, with_phases=first))
        else:
            customers.written[group] = draw(_open(plan, group))
    return customers


@st.composite
def _open(draw: st.DrawFn, plan: Plan, group: str) -> Written:
    """Clients that send on schedule."""
    return {
        "count": draw(st.sampled_from([1, 1, 3])),
        "arrivals": draw(st.sampled_from(["poisson", "poisson", "even", "batch 1", "batch 5"])),
        "phases": draw(_phases(plan, group, opened=True)),
        "orders": draw(orders(plan.keys, scarce=plan.scarce)),
    }


@st.composite
def _closed(draw: st.DrawFn, plan: Plan, group: str, *, with_phases: bool) -> Written:
    """Clients that wait for their answers; without phases they stay for those of the others."""
    thinking = plan.scale.times(plan.scale.thinking)
    if plan.keeps_waiting:
        thinking = st.one_of(thinking, st.just("0ms"))
    found: Written = {
        "count": draw(st.sampled_from([1, 2, 4])),
        "think": draw(thinking),
        "orders": draw(orders(plan.keys, scarce=plan.scarce)),
    }
    if with_phases or draw(st.booleans()):
        found["phases"] = draw(_phases(plan, group, opened=False))
    return found


@st.composite
def _phases(draw: st.DrawFn, plan: Plan, group: str, *, opened: bool) -> Written:
    """A group's phases; those of one name have the same window in every group."""
    own = draw(st.lists(st.booleans(), min_size=1, max_size=len(plan.lengths)))
    names = [f"{group} {n}" if mine else PHASES[n] for n, mine in enumerate(own)]
    return {
        name: {"duration": length} | (draw(_rates(plan.scale)) if opened else {})
        for name, length in zip(names, plan.lengths, strict=False)
    }


@st.composite
def _rates(draw: st.DrawFn, scale: Scale) -> Written:
    """What an open group does in a phase."""
    found: Written = {"rate": draw(st.sampled_from(scale.rates))}
    if draw(st.booleans()):
        found["ramp_to"] = draw(st.sampled_from(scale.rates))
    if draw(st.booleans()):
        found["burst"] = draw(st.sampled_from([30, 7, 1, 0]))
    return found


@st.composite
def _replayed(draw: st.DrawFn, customers: Customers, group: str, plan: Plan) -> None:
    """A client that sends what the log says; a second one sends all of it again."""
    if customers.log is None:
        customers.log = draw(logs([sku for key in plan.keys for sku in KEYS[key]]))
        customers.made = draw(st.sampled_from([None, 0, 2, 1000]))
    replay: Written = {"file": FILE, "columns": dict(COLUMNS)}
    compress = draw(st.sampled_from([None, 2, 0.5, 60, 0.001]))
    if compress is not None:
        replay["compress"] = compress
    if customers.made is not None:
        replay["stock"] = customers.made
    customers.written[group] = {"replay": replay}
    customers.replays += 1


def windows(written: Mapping[str, Written]) -> dict[str, tuple[float, float]]:
    """Start and end of each phase, in seconds."""
    found: dict[str, tuple[float, float]] = {}
    for group in written.values():
        at = 0.0
        for name, phase in group.get("phases", {}).items():
            end = at + seconds(phase["duration"])
            found[name] = (at, end)
            at = end
    return found
