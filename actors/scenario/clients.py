"""What a scenario may say about clients: groups, their phases, their orders, a replay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, cast, get_args

from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema

from actors.scenario.arrivals import Pattern
from actors.scenario.base import Model, Parsed
from actors.scenario.choices import IntRange, Weighted
from actors.scenario.document.mistakes import quote
from actors.scenario.document.scalars import read_text
from actors.scenario.fields import (
    Key,
    Length,
    Maximum,
    Name,
    Rate,
    Times,
    number,
    one_of,
    span,
    whole,
)
from actors.scenario.nearest import did_you_mean
from actors.scenario.popularity import AllAlike, KindChoice, PriorityChoice, SkuChoice
from actors.scenario.written_distributions import WORDS
from actors.vocabulary.outcomes import Kind

__all__ = ["Arrivals", "Group", "Orders", "Phase", "Replay"]

Column = Literal["order", "client", "time", "sku", "quantity"]

MAX_BATCH: Final = 1_000_000


@dataclass(frozen=True)
class Arrivals:
    """How an open group's orders are spaced; `size` is the orders of a batch, else 1."""

    pattern: Pattern = "poisson"
    size: int = 1


def _read_arrivals(value: object) -> Arrivals:
    if isinstance(value, Arrivals):
        return value
    text = read_text(value)
    if text in {"poisson", "even"}:
        return Arrivals(cast("Pattern", text))
    if found := re.fullmatch(r"batch\s+([0-9]{1,9})", text):
        size = int(found[1])
        if 1 <= size <= MAX_BATCH:
            return Arrivals("batch", size)
        raise ValueError(f"a batch has 1 to {MAX_BATCH:,} orders, not {size}")
    if text == "batch":
        raise ValueError("'batch' needs its size, as in batch 10")
    known = ("poisson", "even", "batch")
    raise ValueError(f"{quote(text)} is not poisson, even or batch N{did_you_mean(text, known)}")


def _read_file(value: object, info: ValidationInfo) -> Path:
    """The path of a file in the scenario's folder, which the validation's context names."""
    written = Path(read_text(value))
    folder = (info.context or {}).get("folder")
    if folder is None:
        raise ValueError("a scenario without a folder of its own cannot name a file")
    if written.is_absolute() or ".." in written.parts:
        raise ValueError("a file is named from the scenario's folder on, without / or .. before it")
    try:
        home = Path(folder).resolve()
        found = (home / written).resolve()
    except (OSError, RuntimeError) as error:
        raise ValueError(f"the file cannot be found: {error}") from None
    if not found.is_relative_to(home):
        raise ValueError(f"{quote(written)} leads out of the scenario's folder")
    return found


class Phase(Model):
    """A stretch of time in which a group orders at a rate."""

    duration: Length
    """How long the phase lasts: a number with ms, s, min, h or d, such as 10s."""

    rate: Rate | None = None
    """Orders of the whole group: a number with /s, /min, /h or /d, such as 300/s; 0/s is none."""

    ramp_to: Rate | None = None
    """The rate at the phase's end, reached in a straight line."""

    burst: Annotated[int, whole(0, Maximum.ORDERS)] = 0
    """So many orders more at the phase's start, all at once."""


class Orders(Model):
    """What a group's orders look like; each part is drawn independently of the others."""

    lines: Annotated[IntRange, span(1, 1000)] = Field(default_factory=lambda: IntRange(1, 1))
    """Lines of an order: a number, or a range such as 1..5."""

    quantity: Annotated[IntRange, span(1, 1_000_000)] = Field(
        default_factory=lambda: IntRange(1, 1)
    )
    """Units in a line: a number, or a range such as 1..3."""

    sku: SkuChoice = Field(default_factory=AllAlike)
    """A line's product: uniform, zipf S (in the products' order), or SKUs and their weights.
    A range of SKUs shares its weight evenly."""

    kind: KindChoice = Field(default_factory=lambda: Weighted[Kind](("sale",), (1.0,)))
    """sale (default), return or restock, or weights such as {sale: 95, return: 5}."""

    priority: PriorityChoice = Field(default_factory=lambda: Weighted((0,), (1.0,)))
    """Higher is served first: a number, or weights such as {0: 90, 5: 10}."""


class Replay(Model):
    """A recorded log whose orders are placed again, at their own times."""

    file: Annotated[Path, PlainValidator(_read_file), WithJsonSchema({"type": "string"})]
    """A .csv, .jsonl or .ndjson file in the scenario's folder or below."""

    columns: Mapping[Annotated[str, one_of(get_args(Column))], Name] = Field(default_factory=dict)
    """The file's own names for order, client (optional), time, sku and quantity; a file written
    by --orders needs none."""

    compress: Annotated[float, number(1e-9, 1e9)] = 1
    """How many times faster than recorded: 60 plays an hour in a minute."""

    stock: Annotated[int, whole(0, Maximum.STOCK)] | None = None
    """Makes the SKUs that products does not list, each with so many units; without it, orders for
    them are rejected as unknown_product."""


class Group(Model):
    """Clients that behave alike: open (arrivals and phases), closed (think), or a replay."""

    count: Annotated[int, whole(1, Maximum.ACTORS)] = 1
    """How many clients; in an open group they take turns."""

    arrivals: Annotated[
        Arrivals,
        Parsed(
            _read_arrivals, {"type": "string", "pattern": r"^\s*(poisson|even|batch\s+[0-9]+)\s*$"}
        ),
    ] = Field(default_factory=Arrivals)
    """poisson (default), even, or batch N: N orders at once, the rate counts orders."""

    phases: Annotated[Mapping[Key, Phase], Field(max_length=10_000)] = Field(default_factory=dict)
    """One after another, by name. Groups may share a phase's name only for the same window."""

    think: Annotated[
        Times | None,
        Field(
            description="Makes the group closed: order, wait for the answer, think so long, order "
            f"again. It is {WORDS}."
        ),
    ] = None

    orders: Orders = Field(default_factory=Orders)
    """What the orders ask for: lines, quantity, sku, kind, priority."""

    replay: Replay | None = None
    """Replays a recorded log; nothing else is said about such a group."""
