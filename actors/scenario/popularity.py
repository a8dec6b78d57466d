"""What an order asks for: how its SKU, kind and priority are drawn, as a scenario writes it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from actors.scenario.base import Parsed
from actors.scenario.choices import Weighted
from actors.scenario.document.mistakes import quote
from actors.scenario.document.scalars import Plain, is_number, read_number, read_text, read_whole
from actors.scenario.fields import Maximum
from actors.scenario.names import count_names, expand
from actors.scenario.nearest import did_you_mean
from actors.scenario.problems import Problem, failure
from actors.vocabulary.outcomes import KINDS, Kind

__all__ = [
    "AllAlike",
    "KindChoice",
    "Popularity",
    "PriorityChoice",
    "SkuChoice",
    "Weights",
    "Zipf",
]

MAX_WEIGHT: Final = 1e12
MAX_EXPONENT: Final = 100.0

K = TypeVar("K")


@dataclass(frozen=True)
class AllAlike:
    """Every product as likely as the others."""

    def over(self, products: Sequence[str]) -> Weighted[str]:
        """The choice among these products."""
        return Weighted.uniform(products)


@dataclass(frozen=True)
class Zipf:
    """The product of rank r, in the scenario's order, weighs 1 / r**exponent."""

    exponent: float

    def over(self, products: Sequence[str]) -> Weighted[str]:
        """The choice among these products."""
        return Weighted.zipf(products, self.exponent)


@dataclass(frozen=True)
class Weights:
    """Weights by SKU or by range of SKUs, which share the range's weight evenly."""

    entries: Mapping[str, float]

    def over(self, products: Sequence[str]) -> Weighted[str]:
        """The choice among these products; the entries name nothing else."""
        known = set(products)
        weights: dict[str, float] = {}
        for key, weight in self.entries.items():
            names = (key,) if key in known else expand(key)
            weights |= dict.fromkeys(names, weight / len(names))
        return Weighted.of(weights)


Popularity = AllAlike | Zipf | Weights


def _read_popularity(value: object) -> Popularity:
    """`uniform`, `zipf S`, or a mapping of SKU or range to weight.

    Raises:
        ValueError: it is none of them.
    """
    if isinstance(value, (AllAlike, Zipf, Weights)):
        return value
    if isinstance(value, Mapping):
        return Weights(_read_weights(value, _read_sku_key))
    text = read_text(value)
    if text == "uniform":
        return AllAlike()
    found = re.fullmatch(r"zipf\s+(\S+)", text)
    if found and is_number(found[1]) and 0 <= float(found[1]) <= MAX_EXPONENT:
        return Zipf(float(found[1]))
    if text.startswith("zipf"):
        raise ValueError(f"{quote(text)} needs an exponent from 0 to 100, as in zipf 1.1")
    raise ValueError(
        f"{quote(text)} is no choice of products: write uniform, zipf S or weights, "
        f"as in {{{quote(text)[1:-1]}: 1}}"
    )


def _read_kinds(value: object) -> Weighted[Kind]:
    """One kind of order, or a mapping of kinds to weights.

    Raises:
        ValueError: a kind that there is not, or weights that are none.
    """
    if isinstance(value, Mapping):
        return Weighted.of(_read_weights(value, _read_kind))
    return Weighted.uniform((_read_kind(read_text(value)),))


def _read_priorities(value: object) -> Weighted[int]:
    """One priority, or a mapping of priorities to weights.

    Raises:
        ValueError: a priority that is no whole number, or weights that are none.
    """
    if isinstance(value, Mapping):
        return Weighted.of(_read_weights(value, _read_priority_key))
    return Weighted.uniform((_read_priority(value),))


def _read_weights(value: Mapping[object, object], read_key: Callable[[str], K]) -> dict[K, float]:
    """Every key and weight that can be read; all that cannot are reported together."""
    weights: dict[K, float] = {}
    problems: list[Problem] = []
    for written, weight in value.items():
        name = str(written)
        try:
            key = read_key(name)
        except ValueError as error:
            problems.append(Problem((name, "[key]"), str(error)))
            continue
        if key in weights:
            problems.append(Problem((name, "[key]"), f"{quote(name)} is given a weight twice"))
        try:
            weights[key] = _read_weight(weight)
        except ValueError as error:
            problems.append(Problem((name,), str(error)))
    if problems:
        raise failure(problems)
    if not math.fsum(weights.values()):
        raise ValueError("at least one weight must be above 0")
    return weights


def _read_weight(value: object) -> float:
    weight = read_number(value)
    if not 0 <= weight <= MAX_WEIGHT:
        raise ValueError(f"the weight {quote(value)} must be from 0 to {MAX_WEIGHT:,.0f}")
    return weight


def _read_sku_key(text: str) -> str:
    count_names(text)
    return text


def _read_kind(text: str) -> Kind:
    if text not in KINDS:
        raise ValueError(
            f"{quote(text)} is not one of {', '.join(KINDS)}{did_you_mean(text, KINDS)}"
        )
    return text


def _read_priority(value: object) -> int:
    priority = read_whole(value)
    if abs(priority) > Maximum.PRIORITY:
        raise ValueError(f"the priority {priority} must be within ±{Maximum.PRIORITY:,}")
    return priority


def _read_priority_key(text: str) -> int:
    return _read_priority(Plain(text))


def _weights_schema(**keys: object) -> dict[str, object]:
    weight = {"type": "number", "minimum": 0}
    return {"type": "object", "minProperties": 1, "additionalProperties": weight, **keys}


_WORD = {"type": "string", "pattern": r"^\s*(uniform|zipf\s+[0-9.eE+-]+)\s*$"}
_KIND = {"enum": list(KINDS)}
_PRIORITY = {"type": "integer", "minimum": -Maximum.PRIORITY, "maximum": Maximum.PRIORITY}

SkuChoice = Annotated[Popularity, Parsed(_read_popularity, {"anyOf": [_WORD, _weights_schema()]})]
KindChoice = Annotated[
    Weighted[Kind],
    Parsed(_read_kinds, {"anyOf": [_KIND, _weights_schema(propertyNames=_KIND)]}),
]
PriorityChoice = Annotated[
    Weighted[int],
    Parsed(
        _read_priorities,
        {"anyOf": [_PRIORITY, _weights_schema(propertyNames={"pattern": "^[-+]?[0-9]+$"})]},
    ),
]
