"""A result written down by hand, for the tests that show one."""

from __future__ import annotations

from actors.measure.figures import totals_of
from actors.measure.result import (
    ActorLoad,
    AuditReport,
    Block,
    Bottleneck,
    Check,
    DeadLetter,
    MessageCounts,
    OrderCounts,
    Phase,
    ProcessorLoad,
    Processors,
    ProductResult,
    Queue,
    Result,
    ScenarioIdentity,
    Spread,
    ThresholdResult,
    Time,
)

LAWS = (
    "stock balances",
    "stock never negative",
    "no order lost",
    "no order duplicated",
    "no outcome unexpected",
    "messages balance",
    "lines add up",
    "Little's law",
)


def counts(placed: int, fulfilled: int, partial: int = 0) -> OrderCounts:
    rejected = placed - fulfilled - partial
    return OrderCounts(
        placed=placed,
        fulfilled=fulfilled,
        partial=partial,
        rejected=rejected,
        rejected_by={"invalid": rejected // 20, "out_of_stock": rejected - rejected // 20},
        by_kind={"sale": placed},
        duplicates=0,
    )


def times(scale: float) -> Spread:
    return Spread(
        count=100,
        mean=0.31 * scale,
        min=0.001 * scale,
        p50=0.22 * scale,
        p90=0.7 * scale,
        p95=0.912 * scale,
        p99=1.182 * scale,
        max=1.61 * scale,
    )


def block(placed: int, fulfilled: int, scale: float) -> Block:
    return Block(
        orders=counts(placed, fulfilled),
        latency_s=times(scale),
        wait_s=times(scale * 0.9),
        service_s=times(0.05),
        waited=0.62,
        throughput_per_s=267.1,
        in_system_mean=82.4,
    )


def phase(placed: int, fulfilled: int, scale: float, start: float, end: float) -> Phase:
    inner = block(placed, fulfilled, scale)
    return Phase(
        orders=inner.orders,
        latency_s=inner.latency_s,
        wait_s=inner.wait_s,
        service_s=inner.service_s,
        waited=inner.waited,
        throughput_per_s=inner.throughput_per_s,
        in_system_mean=inner.in_system_mean,
        start_s=start,
        end_s=end,
    )


def product(
    initial: int,
    sold: int,
    asked: int,
    sold_out: float | None = None,
    refused: int = 0,
    returned: int = 0,
) -> ProductResult:
    return ProductResult(
        initial=initial,
        asked=asked,
        sold=sold,
        short=asked - sold,
        returned=returned,
        restocked=0,
        final=initial + returned - sold,
        fill=sold / asked if asked else None,
        revenue=None,
        sold_out_at_s=sold_out,
        refused=refused,
        short_since_s=sold_out,
    )


PRODUCTS = {
    "LAPTOP-15": product(900, 874, 902, returned=31),
    "PHONE-X": product(400, 422, 1_102, 8.213, 502, returned=22),
    "CONSOLE-5": product(300, 307, 521, 11.07, 164, returned=7),
    **{f"ACC-{n:03}": product(2_000, 210 + n, 210 + n) for n in range(1, 49)},
}
THRESHOLDS = (
    ThresholdResult(expression="latency p99 < 1500ms", limit="< 1500ms", actual="1182ms", ok=True),
    ThresholdResult(expression="rejected < 13%", limit="< 13%", actual="13.06%", ok=False),
    ThresholdResult(
        expression="throughput > 250/s during peak", limit="> 250/s", actual="267/s", ok=True
    ),
)
PHASES = {
    "opening": phase(702, 699, 0.02, 0, 4),
    "peak": phase(3_001, 2_578, 0.9, 4, 14),
    "flash": phase(812, 570, 1.0, 14, 15),
    "evening": phase(598, 598, 0.4, 15, 19),
}


def sample(  # noqa: PLR0913 (a result has many parts, and a test names the one it changes)
    *,
    phases: dict[str, Phase] | None = None,
    groups: dict[str, Block] | None = None,
    products: dict[str, ProductResult] | None = None,
    thresholds: tuple[ThresholdResult, ...] = THRESHOLDS,
    broken: dict[str, str] | None = None,
    dead_letters: tuple[DeadLetter, ...] = (
        DeadLetter(why="not JSON", count=21, example="web-17-42"),
        DeadLetter(why="quantity 0 is not in 1..1,000,000", count=12, example="web-3-7"),
    ),
    name: str = "peak_load",
    overrides: dict[str, str] | None = None,
    interrupted: bool = False,
    exit_code: int = 99,
) -> Result:
    whole = block(5_113, 4_445, 0.8)
    failed = broken or {}
    shelves = PRODUCTS if products is None else products
    return Result(
        version="0.1.0",
        scenario=ScenarioIdentity(name=name, sha256="0" * 64, overrides=overrides or {}),
        seed=42,
        runtime="virtual",
        time=Time(wall_s=1.912, cpu_s=2.2),
        simulated_s=19.44,
        orders=whole.orders,
        latency_s=whole.latency_s,
        wait_s=whole.wait_s,
        service_s=whole.service_s,
        waited=whole.waited,
        throughput_per_s=whole.throughput_per_s,
        in_system_mean=whole.in_system_mean,
        groups={"web": whole} if groups is None else groups,
        phases=PHASES if phases is None else phases,
        products=shelves,
        all_products=totals_of(shelves.values()),
        processors=Processors(
            count=8,
            utilisation=0.932,
            queue=Queue(mean=71.26, max=412),
            each=tuple(ProcessorLoad(orders=640, utilisation=0.93) for _ in range(8)),
        ),
        actors={
            "client": ActorLoad(count=42, messages=5_155, queue_max=3),
            "router": ActorLoad(count=1, messages=10_226, queue_max=531),
        },
        bottleneck=Bottleneck(actor="processors", busy=0.932),
        messages=MessageCounts(sent=51_204, handled=51_204, dead_lettered=0),
        dead_letters=dead_letters,
        replay=None,
        audit=AuditReport(
            ok=not failed,
            checks=tuple(
                Check(name=law, ok=law not in failed, detail=failed.get(law, "5,113 = 5,113"))
                for law in LAWS
            ),
        ),
        thresholds=thresholds,
        interrupted=interrupted,
        crashes=0,
        exit_code=exit_code,
    )
