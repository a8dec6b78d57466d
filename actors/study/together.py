"""From the results of all replications to the document of their set.

Results come in whatever order they finish; everything that is computed from them goes by their
numbers, so that the document does not depend on it.
"""

from __future__ import annotations

import math
import os
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import Final, NamedTuple

from actors.common.version import VERSION
from actors.errors import ReplicationFailed
from actors.measure.result import (
    AuditReport,
    Check,
    Result,
    ScenarioIdentity,
    ThresholdResult,
    Time,
)
from actors.measure.thresholds.threshold import Threshold
from actors.measure.thresholds.verdicts import judge, show_deviation
from actors.scenario.loader import LoadedScenario
from actors.study.document import Replication, ReplicationSet, SetThreshold
from actors.study.estimate import Estimate, estimate
from actors.study.figures import figures_of
from actors.study.precision import warnings
from actors.vocabulary.exit_codes import exit_code_of
from actors.vocabulary.runtimes import REPEATABLE

__all__ = ["Together"]

_NUMBERS_NAMED: Final = 10


class _Remembered(NamedTuple):
    """What is remembered of one result."""

    headline: Replication
    values: array[float]  # of the figures, NaN without a sample
    thresholds: tuple[ThresholdResult, ...]
    checks: tuple[Check, ...]
    bottleneck: str


class Together:
    """Takes results one by one.

    Args:
        loaded: the scenario.
        seed: of all replications.
    """

    def __init__(self, loaded: LoadedScenario, seed: int) -> None:
        self._loaded = loaded
        self._seed = seed
        self._names: tuple[str, ...] = ()
        self._remembered: dict[int, _Remembered] = {}

    def __len__(self) -> int:
        return len(self._remembered)

    def add(self, result: Result) -> None:
        """Remember what is needed of a result.

        Raises:
            ReplicationFailed: it has other figures than the ones before it.
        """
        names, values = zip(*figures_of(result), strict=True)
        if self._remembered and names != self._names:
            raise ReplicationFailed(f"replication {result.replication} has other figures")
        self._names = names
        self._remembered[result.replication] = _Remembered(
            headline=_headline(result),
            values=array("d", [math.nan if value is None else value for value in values]),
            thresholds=result.thresholds,
            checks=result.audit.checks,
            bottleneck=result.bottleneck.actor,
        )

    def document(self, replications: int, wall_s: float) -> ReplicationSet:
        """The document of the set.

        Args:
            replications: how many were asked for.
            wall_s: real seconds that the set took.
        """
        numbers = sorted(self._remembered)
        kept = [self._remembered[number] for number in numbers]
        figures = self._figures(kept)
        audit = _audit(numbers, kept)
        thresholds = self._thresholds(numbers, kept)
        crashes = sum(one.headline.crashes for one in kept)
        interrupted = len(kept) < replications
        return ReplicationSet(
            version=VERSION,
            scenario=ScenarioIdentity(
                name=self._loaded.scenario.name,
                sha256=self._loaded.sha256,
                overrides=self._loaded.overrides,
            ),
            seed=self._seed,
            runtime=REPEATABLE,
            time=Time(wall_s=wall_s, cpu_s=sum(os.times()[:4])),
            replications=replications,
            finished=len(kept),
            figures=figures,
            each=tuple(one.headline for one in kept),
            bottlenecks=dict(Counter(one.bottleneck for one in kept).most_common()),
            audit=audit,
            thresholds=thresholds,
            warnings=warnings(figures, thresholds, len(kept)),
            interrupted=interrupted,
            crashes=crashes,
            exit_code=exit_code_of(
                crashed=crashes > 0,
                audit_ok=audit.ok,
                interrupted=interrupted,
                passed=all(threshold.ok for threshold in thresholds),
            ),
        )

    def _figures(self, kept: Sequence[_Remembered]) -> dict[str, Estimate]:
        columns = zip(*(one.values for one in kept), strict=True)
        return {
            name: estimate([value for value in column if not math.isnan(value)])
            for name, column in zip(self._names, columns, strict=True)
        }

    def _thresholds(
        self, numbers: Sequence[int], kept: Sequence[_Remembered]
    ) -> tuple[SetThreshold, ...]:
        return tuple(
            _threshold(threshold, numbers, [one.thresholds[place] for one in kept])
            for place, threshold in enumerate(self._loaded.scenario.thresholds)
        )


def _headline(result: Result) -> Replication:
    return Replication(
        replication=result.replication,
        simulated_s=result.simulated_s,
        placed=result.orders.placed,
        fulfilled=result.orders.fulfilled,
        partial=result.orders.partial,
        rejected=result.orders.rejected,
        latency_mean_s=result.latency_s.mean,
        latency_p95_s=result.latency_s.p95,
        wait_mean_s=result.wait_s.mean,
        throughput_per_s=result.throughput_per_s,
        utilisation=result.processors.utilisation,
        audit_ok=result.audit.ok,
        crashes=result.crashes,
        exit_code=result.exit_code,
    )


def _threshold(
    threshold: Threshold, numbers: Sequence[int], alone: Sequence[ThresholdResult]
) -> SetThreshold:
    value = estimate([one.value for one in alone if one.value is not None])
    mean = value.mean if value.n == len(alone) else None
    verdict = judge(threshold, mean)
    off = value.half_width
    return SetThreshold(
        expression=verdict.expression,
        limit=verdict.limit,
        actual=verdict.actual,
        half_width=None if off is None or mean is None else show_deviation(threshold, off),
        ok=verdict.ok,
        undecided=mean is not None and off is not None and _straddles(threshold, mean, off),
        failed_in=tuple(number for number, one in zip(numbers, alone, strict=True) if not one.ok),
        value=value,
    )


def _straddles(threshold: Threshold, mean: float, off: float) -> bool:
    return judge(threshold, mean - off).ok != judge(threshold, mean + off).ok


def _audit(numbers: Sequence[int], kept: Sequence[_Remembered]) -> AuditReport:
    """Each law, broken if any replication broke it; some laws are not for every run."""
    laws: dict[str, dict[int, Check]] = {}
    for number, one in zip(numbers, kept, strict=True):
        for check in one.checks:
            laws.setdefault(check.name, {})[number] = check
    checks = tuple(starmap(_law, laws.items()))
    return AuditReport(ok=all(check.ok for check in checks), checks=checks)


def _law(name: str, checks: Mapping[int, Check]) -> Check:
    broken = [number for number, check in checks.items() if not check.ok]
    if not broken:
        return Check(name=name, ok=True, detail=f"holds in {_counted(len(checks))}")
    first = broken[0]
    detail = f"broken in {_named(broken)}; in {first}: {checks[first].detail}"
    return Check(name=name, ok=False, detail=detail)


def _named(numbers: Sequence[int]) -> str:
    """The replications of these numbers, or how many they are."""
    if len(numbers) > _NUMBERS_NAMED:
        return _counted(len(numbers))
    word = "replication" if len(numbers) == 1 else "replications"
    return f"{word} {', '.join(map(str, numbers))}"


def _counted(count: int) -> str:
    return f"{count:,} replication" + ("" if count == 1 else "s")
