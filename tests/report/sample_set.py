"""A set written down by hand: the sample result, by chance a little more or less each time."""

from __future__ import annotations

from collections.abc import Mapping

from sample_result import LAWS, sample

from actors.measure.result import AuditReport, Check, ScenarioIdentity, Time
from actors.study.document import Replication, ReplicationSet, SetThreshold
from actors.study.estimate import Estimate, estimate
from actors.study.figures import figures_of

__all__ = ["FACTORS", "held", "replication_set"]

FACTORS = (0.98, 0.99, 1.0, 1.0, 1.01, 1.02)


def held(
    expression: str = "latency p99 < 1500ms",
    *,
    actual: str | None = "1182ms",
    half_width: str | None = "18ms",
    ok: bool = True,
    undecided: bool = False,
    failed_in: tuple[int, ...] = (),
) -> SetThreshold:
    return SetThreshold(
        expression=expression,
        limit="",
        actual=actual,
        half_width=half_width,
        ok=ok,
        undecided=undecided,
        failed_in=failed_in,
        value=estimate([1.0] * (len(FACTORS) if actual else 4)),
    )


THRESHOLDS = (
    held(),
    held("rejected < 13%", actual="13.06%", half_width="0.2%", ok=False, failed_in=(1, 4)),
)


def replication_set(  # noqa: PLR0913 (a set has many parts, and a test names the one it changes)
    *,
    figures: Mapping[str, Estimate] | None = None,
    finished: int = len(FACTORS),
    replications: int = len(FACTORS),
    thresholds: tuple[SetThreshold, ...] = THRESHOLDS,
    warnings: tuple[str, ...] = (),
    broken: Mapping[str, str] | None = None,
    overrides: dict[str, str] | None = None,
    name: str = "peak_load",
    crashes: int = 0,
    exit_code: int = 99,
) -> ReplicationSet:
    failed = broken or {}
    return ReplicationSet(
        version="0.1.0",
        scenario=ScenarioIdentity(name=name, sha256="0" * 64, overrides=overrides or {}),
        seed=42,
        runtime="virtual",
        time=Time(wall_s=3.2, cpu_s=6.1),
        replications=replications,
        finished=finished,
        figures={**_figures(), **(figures or {})} if finished else {},
        each=tuple(_each(number) for number in range(finished)),
        bottlenecks={"processors": 5, "inventory/PHONE-X": 1} if finished else {},
        audit=AuditReport(
            ok=not failed,
            checks=tuple(
                Check(name=law, ok=law not in failed, detail=failed.get(law, "holds in all"))
                for law in LAWS
            ),
        ),
        thresholds=thresholds,
        warnings=warnings,
        interrupted=finished < replications,
        crashes=crashes,
        exit_code=exit_code,
    )


def _figures() -> dict[str, Estimate]:
    return {
        name: estimate([] if value is None else [value * factor for factor in FACTORS])
        for name, value in figures_of(sample())
    }


def _each(number: int) -> Replication:
    return Replication(
        replication=number,
        simulated_s=19.44,
        placed=5_113,
        fulfilled=4_445,
        partial=0,
        rejected=668,
        latency_mean_s=0.248,
        latency_p95_s=0.73,
        wait_mean_s=0.223,
        throughput_per_s=267.1,
        utilisation=0.932,
        audit_ok=True,
        crashes=0,
        exit_code=0,
    )
