"""What a scenario promises of every single order: the examiner holds each to it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from actors.vocabulary.outcomes import Fulfilment

__all__ = ["Rules"]


@dataclass(frozen=True)
class Rules:
    """How orders are to be served.

    Attributes:
        fulfilment: what happens when stock is short.
        catalogue: the SKUs that exist.
        windows: each group's phases, and from when until when (s) its orders are scheduled in
            them; None for a group that keeps to none.
        replayed: the groups whose orders may fall into no phase.
        closed: the clients, by name, that have one order under way at a time.
        warm_up: seconds; what servers do before it is not measured.
        limited: orders may be refused because too many wait.
        single: a processor serves one order at a time; over a broker, a worker serves several.
        may_fail: orders may fail though nobody crashed; a broker gives up what it cannot deliver.
        in_line: orders are served by priority, then by age.
        exact: the clock stands still while a message travels, as in virtual time.
    """

    fulfilment: Fulfilment
    catalogue: Container[str]
    windows: Mapping[str, Mapping[str, tuple[float, float]] | None]
    replayed: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    warm_up: float = 0.0
    limited: bool = False
    single: bool = True
    may_fail: bool = False
    in_line: bool = True
    exact: bool = False
