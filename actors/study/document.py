"""The document of a set of replications, as people's summary and `--json` both show it.

In two sets of one scenario, seed and size only `time` may differ: it does not matter where they
were played, by how many processes, and whether the set was cut short and resumed in between.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from actors.measure.result import AuditReport, ScenarioIdentity, Time
from actors.study.estimate import Estimate

__all__ = ["Replication", "ReplicationSet", "SetThreshold"]


class Replication(msgspec.Struct, frozen=True, kw_only=True):
    """The headline figures of one replication, and how it would have ended alone."""

    replication: int
    simulated_s: float
    placed: int
    fulfilled: int
    partial: int
    rejected: int
    latency_mean_s: float | None
    latency_p95_s: float | None
    wait_mean_s: float | None
    throughput_per_s: float | None
    utilisation: float
    audit_ok: bool
    crashes: int
    exit_code: int


class SetThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """A threshold held against the mean over all replications.

    `actual` is that mean in the limit's unit, `half_width` that of its 95 % interval; `value` has
    both in base units. A replication without a sample fails it (`actual` is None). `failed_in`
    lists the replications that would have failed it alone. `undecided` says that the limit lies
    within the interval: another seed might well decide otherwise.
    """

    expression: str
    limit: str
    actual: str | None
    half_width: str | None
    ok: bool
    undecided: bool
    failed_in: tuple[int, ...]
    value: Estimate


class ReplicationSet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a set of replications found; `replication_set` is the document's version.

    `replications` were asked for, `finished` were played to their end, and all else is about
    those. `figures` are named by their paths in a run's result. `bottlenecks` counts in how many
    replications which server was the busiest. In `audit` a law holds when it held in each.
    """

    replication_set: Literal[1] = 1
    version: str
    scenario: ScenarioIdentity
    seed: int
    runtime: str
    time: Time
    replications: int
    finished: int
    figures: dict[str, Estimate]
    each: tuple[Replication, ...]
    bottlenecks: dict[str, int]
    audit: AuditReport
    thresholds: tuple[SetThreshold, ...]
    warnings: tuple[str, ...]
    interrupted: bool
    crashes: int
    exit_code: int
