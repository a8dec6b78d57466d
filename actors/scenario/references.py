"""Names that must exist: the SKUs of orders and thresholds, their phases and groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from actors.measure.thresholds.reading import parse_threshold
from actors.measure.thresholds.threshold import Threshold
from actors.scenario.document.mistakes import quote
from actors.scenario.names import MAX_PRODUCTS, count_names, expand
from actors.scenario.problems import Path, Problem
from actors.scenario.structure import as_mapping, mapping_at

__all__ = ["dangling_names", "unknown_in_threshold"]

MAX_WEIGHTS: Final = 300_000  # over all groups, ranges written out


def dangling_names(data: object) -> Iterator[Problem]:
    """Names in orders and thresholds that nothing in the scenario has.

    Where products or clients cannot be read themselves, nothing is said about their names.
    """
    listed = _Products()
    listed.read(mapping_at(data, "products"))
    yield from listed.problems
    products = listed.names
    groups = mapping_at(data, "clients")
    if products:
        yield from _Weights(products).check(groups)
    made = any("stock" in mapping_at(group, "replay") for group in groups.values())
    skus = None if made else products or None
    phases = _phases(groups)
    for index, threshold in _thresholds(data):
        path = ("thresholds", index)
        yield from unknown_in_threshold(threshold, path, skus, phases, groups or None)


def unknown_in_threshold(
    threshold: Threshold,
    path: Path,
    skus: Mapping[str, object] | None,
    phases: Mapping[str, object] | None,
    groups: Mapping[str, object] | None,
) -> Iterator[Problem]:
    """What a threshold names although it is not there; nothing is said where None is known."""
    named = (
        ("product", threshold.sku, skus),
        ("phase", threshold.phase, phases),
        ("group", threshold.group, groups),
    )
    for what, name, known in named:
        if name is not None and known is not None and name not in known:
            yield Problem(path, f"there is no {what} {quote(name)}", word=name, known=known)


def _phases(groups: Mapping[str, object]) -> dict[str, None] | None:
    """The names of all phases; None when those of a group cannot be read."""
    written = [mapping_at(group).get("phases", {}) for group in groups.values()]
    if not groups or any(as_mapping(phases) is None for phases in written):
        return None
    return {name: None for phases in written for name in mapping_at(phases)}


def _thresholds(data: object) -> Iterator[tuple[int, Threshold]]:
    written = mapping_at(data).get("thresholds")
    for index, text in enumerate(written if isinstance(written, (list, tuple)) else ()):
        try:
            yield index, text if isinstance(text, Threshold) else parse_threshold(str(text))
        except ValueError:
            continue  # the model says why


@dataclass
class _Products:
    """The names of all products; none when they are too many or cannot be read."""

    names: dict[str, str] = field(default_factory=dict)  # with the key that made each
    problems: list[Problem] = field(default_factory=list)

    def read(self, written: Mapping[str, object]) -> None:
        """Write out every range, and note what is listed twice."""
        try:
            if sum(map(count_names, written)) > MAX_PRODUCTS:
                return
        except ValueError:
            return  # the model says why
        for key in written:
            names = expand(key)
            twice = next((name for name in names if name in self.names), None)
            if twice is not None:
                message = f"{quote(twice)} is listed already, by {quote(self.names[twice])}"
                self.problems.append(Problem(("products", key, "[key]"), message))
            self.names |= dict.fromkeys(names, key)


@dataclass
class _Weights:
    """Checks the SKUs that orders give weights to; a range is written out only once."""

    products: Mapping[str, str]
    _ranges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _named: int = 0

    def check(self, groups: Mapping[str, object]) -> Iterator[Problem]:
        """Every unknown SKU, and every one that has two weights."""
        for name, group in groups.items():
            path = ("clients", name, "orders", "sku")
            seen: set[str] = set()
            for key in mapping_at(group, "orders", "sku"):
                names = self._names(key)
                self._named += len(names)
                if self._named > MAX_WEIGHTS:
                    message = f"more than {MAX_WEIGHTS:,} weights in all groups together"
                    yield Problem((*path, key, "[key]"), message)
                    return
                yield from self._unknown((*path, key, "[key]"), names)
                if not seen.isdisjoint(names):
                    message = f"{quote(key)} has a weight already, on its own or in a range"
                    yield Problem((*path, key, "[key]"), message)
                seen.update(names)

    def _names(self, key: str) -> tuple[str, ...]:
        if key in self.products:
            return (key,)
        if key not in self._ranges:
            try:
                self._ranges[key] = expand(key)
            except ValueError:
                self._ranges[key] = ()  # the model says why
        return self._ranges[key]

    def _unknown(self, path: Path, names: tuple[str, ...]) -> Iterator[Problem]:
        for name in names:
            if name not in self.products:
                message = f"there is no product {quote(name)}"
                yield Problem(path, message, word=name, known=self.products)
                return
