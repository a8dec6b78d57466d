"""What goes together in a group: an open one, a closed one or a replay.

These checks, like those of names, read the data as it was written rather than the finished
model, so that they work beside other mistakes; what has the wrong shape they leave to the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from actors.scenario.problems import Path, Problem

__all__ = ["as_mapping", "mapping_at", "misplaced_keys"]

ONLY_OPEN: Final = ("rate", "ramp_to", "burst")


def misplaced_keys(data: object) -> Iterator[Problem]:
    """Keys that contradict one another, and those that a kind of group must have."""
    groups = mapping_at(data, "clients")
    some_phases = any(mapping_at(group, "phases") for group in groups.values())
    for name, written in groups.items():
        path = ("clients", name)
        group = as_mapping(written)
        if group is None:
            continue
        if "replay" in group:
            yield from _beside_replay(path, group)
        elif "think" in group:
            yield from _closed(path, group, some_phases=some_phases)
        else:
            yield from _open(path, group)
    if "products" not in mapping_at(data) or not mapping_at(data, "products"):
        yield from _products(data, groups)


def mapping_at(data: object, *keys: str) -> Mapping[str, object]:
    """The mapping that these keys lead to; an empty one where there is none."""
    here = as_mapping(data)
    for key in keys:
        here = as_mapping(here.get(key)) if here else None
    return here or {}


def as_mapping(value: object) -> Mapping[str, object] | None:
    """What was written there as keys and values, also when a program wrote it; None otherwise."""
    if isinstance(value, BaseModel):
        given = value.model_fields_set
        return {key: getattr(value, key) for key in type(value).model_fields if key in given}
    return value if isinstance(value, Mapping) else None


def _products(data: object, groups: Mapping[str, object]) -> Iterator[Problem]:
    stocked = any("stock" in mapping_at(group, "replay") for group in groups.values())
    if "products" not in mapping_at(data) and not stocked:
        yield Problem(("products",), "'products' is missing", "missing")
    elif as_mapping(mapping_at(data).get("products")) is not None and not stocked:
        yield Problem(("products",), "there must be at least one product")
    if stocked:
        for name, written in groups.items():
            group = as_mapping(written)
            if group is not None and "replay" not in group:
                message = "this group has nothing to order: list products for it"
                yield Problem(("clients", name, "[key]"), message)


def _beside_replay(path: Path, group: Mapping[str, object]) -> Iterator[Problem]:
    for key in ("count", "arrivals", "phases", "think", "orders"):
        if key in group:
            message = f"{key!r} cannot stand beside 'replay': a recorded log says it all"
            yield Problem((*path, key, "[key]"), message)


def _closed(path: Path, group: Mapping[str, object], *, some_phases: bool) -> Iterator[Problem]:
    if "arrivals" in group:
        message = "'arrivals' cannot stand beside 'think': a closed group orders when answered"
        yield Problem((*path, "arrivals", "[key]"), message)
    for name, phase in mapping_at(group, "phases").items():
        for key in ONLY_OPEN:
            if key in mapping_at(phase):
                message = f"{key!r} cannot stand in a closed group's phase: 'think' sets the pace"
                yield Problem((*path, "phases", name, key, "[key]"), message)
    if not some_phases:
        message = "this group would never end: give it, or another group, phases"
        yield Problem((*path, "[key]"), message)


def _open(path: Path, group: Mapping[str, object]) -> Iterator[Problem]:
    if not mapping_at(group, "phases") and as_mapping(group.get("phases", {})) is not None:
        message = (
            "'phases' is missing: say how long and how fast, as in phases: "
            "{steady: {duration: 10s, rate: 50/s}}; or give it 'think' or 'replay'"
        )
        yield Problem((*path, "phases"), message, "missing")
    for name, written in mapping_at(group, "phases").items():
        phase = as_mapping(written)
        if phase is not None and "rate" not in phase:
            message = "'rate' is missing: write 0/s for a phase without orders"
            yield Problem((*path, "phases", name, "rate"), message, "missing")
