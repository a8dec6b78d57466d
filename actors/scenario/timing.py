"""When phases are, and what in a finished scenario could never be played."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from actors.common.units import show_duration
from actors.scenario.arrivals import Window, expected_orders
from actors.scenario.document.mistakes import quote
from actors.scenario.fields import Maximum
from actors.scenario.problems import Problem

if TYPE_CHECKING:
    from actors.scenario.clients import Group
    from actors.scenario.shop import Inventory, Processors, Router

__all__ = ["Plan", "Spell", "Windows", "impossible_times"]

Spell = tuple[str, float, float]


class Windows:
    """The phases of all groups: which, from when, until when."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._own = {name: _spells(group) for name, group in groups.items()}

    def of(self, group: str) -> tuple[Spell, ...]:
        """A group's own phases, or else the longest that there are."""
        return self._own[group] or self._longest

    @cached_property
    def _longest(self) -> tuple[Spell, ...]:
        return max(self._own.values(), key=lambda spells: spells[-1][2] if spells else 0.0)

    @property
    def horizon(self) -> float:
        """The latest end, in seconds."""
        return self._longest[-1][2] if self._longest else 0.0

    @cached_property
    def by_phase(self) -> dict[str, tuple[float, float]]:
        """Start and end by phase, in seconds."""
        return {name: (start, end) for own in self._own.values() for name, start, end in own}

    def clashes(self) -> Iterator[Problem]:
        """Phases of one name at different times."""
        first: dict[str, tuple[str, float, float]] = {}
        for group, own in self._own.items():
            for name, start, end in own:
                other, *window = first.setdefault(name, (group, start, end))
                if window != [start, end]:
                    message = (
                        f"phase {quote(name)} is {_window(start, end)} in {quote(group)} and "
                        f"{_window(*window)} in {quote(other)}: rename one, or make them equal"
                    )
                    yield Problem(("clients", group, "phases", name, "[key]"), message)


class Plan(NamedTuple):
    """What decides when something happens in a scenario."""

    clients: Mapping[str, Group]
    processors: Processors
    router: Router
    inventory: Inventory
    warm_up: float
    windows: Windows


def impossible_times(plan: Plan) -> list[Problem]:
    """Windows that clash, time that would stand still, and more than can be played."""
    windows = plan.windows
    problems = [*windows.clashes(), *_standstill(plan), *_too_many(plan)]
    replays = any(group.replay for group in plan.clients.values())
    if plan.warm_up and plan.warm_up >= windows.horizon and not replays:
        message = f"the warm-up leaves nothing of a run of {show_duration(windows.horizon)}"
        problems.append(Problem(("warm_up",), message))
    return problems


def _spells(group: Group) -> tuple[Spell, ...]:
    spells: list[Spell] = []
    at = 0.0
    for name, phase in group.phases.items():
        spells.append((name, at, at + phase.duration))
        at += phase.duration
    return tuple(spells)


def _window(start: float, end: float) -> str:
    return f"{show_duration(start)} to {show_duration(end)}"


def _standstill(plan: Plan) -> Iterator[Problem]:
    """Closed groups that would order for ever without a moment passing."""
    processors, router = plan.processors, plan.router
    served_in_no_time = not (
        processors.service_time.mean
        or processors.line_time.mean
        or plan.inventory.service_time.mean
    )
    for name, group in plan.clients.items():
        if group.think is None or group.think.mean:
            continue
        path = ("clients", name, "think")
        if served_in_no_time:
            yield Problem(path, "no time would ever pass: think and service_time are both 0")
        elif router.queue_limit is not None:
            message = "no time would ever pass at a full queue (queue_limit): think longer than 0"
            yield Problem(path, message)


def _too_many(plan: Plan) -> Iterator[Problem]:
    orders = sum(_expected(plan, name) for name in plan.clients)
    if orders > Maximum.ORDERS:
        message = f"about {orders:.1e} orders; at most {Maximum.ORDERS:,} can be played"
        yield Problem(("clients", "[key]"), message)
    clients = sum(group.count for group in plan.clients.values())
    if clients > Maximum.ACTORS:
        message = f"{clients:,} clients in all groups; at most {Maximum.ACTORS:,} can be played"
        yield Problem(("clients", "[key]"), message)


def _expected(plan: Plan, name: str) -> float:
    """About how many orders a group places, at most; those of a log have been counted."""
    group = plan.clients[name]
    if group.replay is not None:
        return 0.0
    spells = plan.windows.of(name)
    if group.think is not None:
        service = plan.processors.service_time.mean
        cycle = group.think.mean + service
        served = plan.processors.count / service if service else math.inf
        return min(group.count / cycle, served) * spells[-1][2] if cycle else 0.0
    return expected_orders(
        [
            Window(phase, start, end - start, spec.rate or 0.0, spec.ramp_to, spec.burst)
            for (phase, start, end), spec in zip(spells, group.phases.values(), strict=True)
        ]
    )
