from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.common.units import same_time
from actors.measure.figures import totals_of
from actors.measure.order_statistics import TimeMetric
from actors.measure.result import (
    Block,
    OrderCounts,
    Processors,
    ProductResult,
    ProductTotals,
    Queue,
    Spread,
)
from actors.measure.thresholds.reading import parse_threshold
from actors.measure.thresholds.threshold import Threshold
from actors.measure.thresholds.verdicts import evaluate, judge, show_deviation


def block(placed: int = 0, rejected: int = 0, out_of_stock: int = 0, **more: float) -> Block:
    return Block(
        orders=OrderCounts(
            placed=placed,
            fulfilled=placed - rejected,
            partial=0,
            rejected=rejected,
            rejected_by={"out_of_stock": out_of_stock},
            by_kind={},
            duplicates=0,
        ),
        latency_s=Spread(count=placed, mean=more.get("mean"), max=more.get("longest")),
        wait_s=Spread(count=0),
        service_s=Spread(count=0),
        waited=more.get("waited"),
        throughput_per_s=more.get("throughput"),
        in_system_mean=None,
    )


def product(initial: int, sold: int, asked: int) -> ProductResult:
    return ProductResult(
        initial=initial,
        asked=asked,
        sold=sold,
        short=asked - sold,
        returned=0,
        restocked=0,
        final=initial - sold,
        fill=sold / asked if asked else None,
        revenue=None,
        sold_out_at_s=None,
        refused=0,
        short_since_s=None,
    )


@dataclass
class KnownFigures:
    """Figures that a test writes down, with what was asked of them."""

    blocks: dict[tuple[str | None, str | None], Block] = field(default_factory=dict)
    quantiles: dict[float, float] = field(default_factory=dict)
    products: dict[str, ProductResult] = field(default_factory=dict)
    processors: Processors = field(
        default_factory=lambda: Processors(
            count=2, utilisation=0.9, queue=Queue(mean=3.25, max=17), each=()
        )
    )

    @property
    def all_products(self) -> ProductTotals:
        """Those that the test wrote down, together."""
        return totals_of(self.products.values())

    def block(self, group: str | None, phase: str | None) -> Block:
        """The block that the test wrote down."""
        return self.blocks[group, phase]

    def quantile(
        self, metric: TimeMetric, q: float, group: str | None, phase: str | None
    ) -> float | None:
        """The quantile that the test wrote down, of the latency of all orders."""
        assert (metric, group, phase) == ("latency", None, None)
        return self.quantiles.get(q)


def verdict(text: str, figures: KnownFigures) -> tuple[str | None, bool]:
    (result,) = evaluate([parse_threshold(text)], figures)
    return result.actual, result.ok


def whole(run: Block) -> KnownFigures:
    return KnownFigures(blocks={(None, None): run})


def test_a_whole_threshold_is_read_part_by_part() -> None:
    assert parse_threshold("  latency   p99.9 <= 1500ms during peak for web ") == Threshold(
        expression="latency p99.9 <= 1500ms during peak for web",
        metric="latency",
        statistic="p99.9",
        sku=None,
        op="<=",
        value=1.5,
        unit="time",
        phase="peak",
        group="web",
        number="1500",
        suffix="ms",
    )


@pytest.mark.parametrize(
    ("text", "unit", "value", "limit"),
    [
        ("rejected < 15%", "share", 0.15, "< 15%"),
        ("rejected<15 %", "share", 0.15, "< 15%"),
        ("rejected <= 100", "count", 100.0, "<= 100"),
        ("out_of_stock == 0", "count", 0.0, "== 0"),
        ("failed != 3", "count", 3.0, "!= 3"),
        ("throughput > 300 / min", "rate", 5.0, "> 300/min"),
        ("wait max < 2 min", "time", 120.0, "< 2min"),
        ("service mean < 0.1ms", "time", 0.0001, "< 0.1ms"),
        ("queue max < 50", "count", 50.0, "< 50"),
        ("utilisation < 85%", "share", 0.85, "< 85%"),
        ("waited < 20%", "share", 0.2, "< 20%"),
        ("fill of PHONE-X == 100%", "share", 1.0, "== 100%"),
        ("stock >= 1", "count", 1.0, ">= 1"),
    ],
)
def test_the_unit_of_the_value_decides_what_is_meant(
    text: str, unit: str, value: float, limit: str
) -> None:
    found = parse_threshold(text)
    assert (found.unit, found.value, found.limit) == (unit, value, limit)


def test_during_and_for_stand_in_either_order() -> None:
    found = parse_threshold("rejected < 1% for web during peak")
    assert (found.phase, found.group) == ("peak", "web")


def test_quoted_names_may_be_any_words() -> None:
    found = parse_threshold('sold of "of < 3" >= 10')
    assert found.sku == "of < 3"
    named = parse_threshold('rejected < 1% during "for" for "during the night"')
    assert (named.phase, named.group) == ("for", "during the night")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no comparison"),
        ("latency p99", "no comparison"),
        ("< 5%", "no metric"),
        ("1% < rejected < 5%", "two comparisons"),
        ("latncy p99 < 1s", "did you mean 'latency'?"),
        ("utilization < 90%", "did you mean 'utilisation'?"),
        ("revenue > 5", "is not a metric (latency, wait,"),
        ("latency < 1s", "latency needs a statistic: mean, min, max, pN (such as p99)"),
        ("latency 99th < 1s", "did you mean 'p99'?"),
        ("latency P95 < 1s", "did you mean 'p95'?"),
        ("latency p100 < 1s", "'p100' is not a statistic of latency"),
        ("latency p0 < 1s", "'p0' is not a statistic of latency"),
        ("latency avg < 1s", "mean, min, max"),
        ("latency pN < 1s", "'pN' is not a statistic of latency"),
        ("latency p99 web < 1s", "not 'web'"),
        ("queue p99 < 5", "'p99' is not a statistic of queue"),
        ("rejected mean < 5%", "rejected takes no statistic"),
        ("rejected = 5%", "did you mean '=='?"),
        ("rejected ≤ 5%", "did you mean '<='?"),
        ("latency p99 == 1s", "hardly ever exact"),
        ("rejected != 5%", "hardly ever exact"),
        ("rejected < five", "'five' is not a value: rejected takes a share such as 20%"),
        ("rejected < 1,000", "'1,000' is not a value"),
        ("rejected < -1", "'-1' is not a value"),
        ("rejected <", "no value after the comparison"),
        ("rejected < 5ms", "'5ms' is not rejected's unit"),
        ("latency p99 < 1500", "it takes a time such as 1500ms"),
        ("placed > 5%", "placed's unit: it takes a count"),
        ("rejected < 101%", "a share is at most 100%"),
        ("rejected of PHONE-X < 5", "'of SKU' goes with sold, stock and fill"),
        ("sold of < 5", "'of' needs a SKU after it"),
        ("sold < 5 of PHONE-X", "'of SKU' stands before the comparison"),
        ("rejected during peak < 5%", "stand after the value"),
        ("rejected < 5% during", "'during' needs a phase after it"),
        ("rejected < 5% for during peak", "'for' needs a group after it"),
        ("rejected < 5% during a during b", "'during' stands twice"),
        ("rejected < 5% during the night", "'night' is too much: quote a name that has spaces"),
        ('rejected < 5% during "peak', "a double quote is not closed"),
        ("queue max < 5 during peak", "it cannot have 'during'"),
        ("utilisation < 5% for web", "it cannot have 'for'"),
        ("sold > 5 for web", "it cannot have 'for'"),
        ("x" * 501, "at most 500 characters"),
    ],
)
def test_a_mistake_is_named_with_the_way_out(text: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the words are checked below)
        parse_threshold(text)
    assert said in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_a_threshold_or_a_value_error(text: str) -> None:
    try:
        found = parse_threshold(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 (either way out is right)
    else:
        assert parse_threshold(found.expression) == found


def test_a_share_is_of_the_orders_placed() -> None:
    run = whole(block(placed=200, rejected=30, out_of_stock=20))
    assert verdict("rejected < 20%", run) == ("15%", True)
    assert verdict("out_of_stock < 10%", run) == ("10%", False)
    assert verdict("fulfilled >= 85%", run) == ("85%", True)
    assert verdict("rejected == 30", run) == ("30", True)
    assert verdict("invalid == 0", run) == ("0", True)


def test_a_metric_without_a_sample_fails_but_a_count_of_zero_is_one() -> None:
    run = whole(block())
    assert verdict("rejected < 20%", run) == (None, False)
    assert verdict("latency p99 < 1s", run) == (None, False)
    assert verdict("latency mean < 1s", run) == (None, False)
    assert verdict("waited < 10%", run) == (None, False)
    assert verdict("throughput > 0/s", run) == (None, False)
    assert verdict("fill > 0%", run) == (None, False)
    assert verdict("sold of GONE >= 0", run) == (None, False)
    assert verdict("rejected < 1", run) == ("0", True)


def test_during_and_for_narrow_the_orders() -> None:
    run = KnownFigures()
    run.blocks["web", "peak"] = block(placed=10, rejected=1)
    run.blocks[None, "peak"] = block(placed=4)
    assert verdict("rejected < 20% during peak for web", run) == ("10%", True)
    assert verdict("placed > 4 during peak", run) == ("4", False)


def test_times_are_shown_in_the_unit_of_their_limit() -> None:
    run = whole(block(placed=1, mean=1.1824, longest=90.0))
    run.quantiles = {0.999: 0.25}
    assert verdict("latency mean < 1500ms", run) == ("1182ms", True)
    assert verdict("latency mean < 2s", run) == ("1.18s", True)
    assert verdict("latency max <= 1min", run) == ("1.5min", False)
    assert verdict("latency p99.9 < 300ms", run) == ("250ms", True)


def test_rates_are_shown_in_the_unit_of_their_limit() -> None:
    run = whole(block(placed=1, throughput=5.0))
    assert verdict("throughput > 250/min", run) == ("300/min", True)
    assert verdict("throughput > 5/s", run) == ("5/s", False)


def test_processors_and_products_have_their_own_figures() -> None:
    run = KnownFigures(products={"A": product(10, 10, 40), "B": product(50, 30, 40)})
    assert verdict("queue mean < 3", run) == ("3.25", False)
    assert verdict("queue max < 20", run) == ("17", True)
    assert verdict("utilisation < 95%", run) == ("90%", True)
    assert verdict("sold >= 40", run) == ("40", True)
    assert verdict("stock of A == 0", run) == ("0", True)
    assert verdict("fill of A > 25%", run) == ("25%", False)
    assert verdict("fill >= 50%", run) == ("50%", True)


@pytest.mark.parametrize(
    ("text", "placed", "rejected", "shown"),
    [
        ("rejected < 15%", 10_000, 1_504, "15.04%"),
        ("rejected < 15%", 100_000, 14_999, "14.999%"),
        ("rejected <= 15%", 1_000_000, 150_001, "15.0001%"),
        ("rejected == 0%", 1_000_000, 1, "0.0001%"),
    ],
)
def test_a_figure_near_its_limit_shows_on_which_side_it_is(
    text: str, placed: int, rejected: int, shown: str
) -> None:
    actual, _ = verdict(text, whole(block(placed=placed, rejected=rejected)))
    assert actual == shown


@given(
    limit=st.integers(1, 100_000),
    actual=st.floats(0, 200, allow_nan=False),
    op=st.sampled_from(["<", "<=", ">", ">="]),
)
def test_the_figure_as_shown_never_contradicts_the_verdict(
    limit: int, actual: float, op: str
) -> None:
    shown, ok = verdict(f"latency mean {op} {limit}ms", whole(block(placed=1, mean=actual)))
    assert shown is not None
    number = Decimal(shown.removesuffix("ms"))
    holds = {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}
    assert holds[op] == ok


def test_the_verdicts_keep_the_order_of_the_thresholds() -> None:
    texts = ["placed > 1", "rejected < 1", "fulfilled > 0"]
    results = evaluate([parse_threshold(text) for text in texts], whole(block(placed=2)))
    assert [result.expression for result in results] == texts


def test_a_verdict_has_the_figure_in_base_units_too() -> None:
    threshold = parse_threshold("latency p99 < 1500ms")

    assert judge(threshold, 1.25).value == 1.25
    assert judge(threshold, None).value is None


@pytest.mark.parametrize(
    ("text", "deviation", "shown"),
    [
        ("latency p99 < 1500ms", 0.0123456, "12.3ms"),
        ("latency p99 < 2min", 90.0, "1.50min"),
        ("rejected < 15%", 0.00117, "0.117%"),
        ("queue max <= 600", 1234.0, "1234"),
        ("queue max <= 600", 0.0, "0"),
        ("throughput > 250/min", 0.5, "30.0/min"),
    ],
)
def test_a_deviation_is_shown_in_the_limits_unit(text: str, deviation: float, shown: str) -> None:
    assert show_deviation(parse_threshold(text), deviation) == shown


# Rounding.


def processors(utilisation: float = 0.5, queue: float = 0.0) -> Processors:
    return Processors(count=2, utilisation=utilisation, queue=Queue(mean=queue, max=0), each=())


def figures_with(subject: str, value: float) -> KnownFigures:
    """A run in which one measured figure has that value."""
    metric = subject.split(maxsplit=1)[0]
    run = whole(block(placed=1, mean=value, longest=value, throughput=value, waited=value))
    run.quantiles = {0.5: value}
    if metric == "utilisation":
        run.processors = processors(utilisation=value)
    elif metric == "queue":
        run.processors = processors(queue=value)
    return run


MEASURED = [
    ("latency mean", "10ms", 0.010000000000001),  # 10.000000000001ms
    ("latency max", "10ms", 0.009999999999991),
    ("latency p50", "10ms", 0.010000000000218279),  # 10 ms an hour after the run's start
    ("latency p50", "3min", 180.0000001),
    ("latency mean", "0ms", 1e-9),
    ("throughput", "250/s", 250.0000001),
    ("throughput", "20/min", 1 / 3 - 1e-12),
    ("utilisation", "85%", 0.8500000000001),
    ("queue mean", "3", 2.9999999999),
]


@pytest.mark.parametrize(("subject", "limit", "value"), MEASURED)
def test_a_measured_figure_that_only_rounding_keeps_from_its_limit_is_at_it(
    subject: str, limit: str, value: float
) -> None:
    run = figures_with(subject, value)
    for op, ok in {"<": False, "<=": True, ">": False, ">=": True}.items():
        assert verdict(f"{subject} {op} {limit}", run) == (limit, ok)


@pytest.mark.parametrize(("subject", "limit", "value"), MEASURED)
def test_a_verdict_keeps_the_figure_as_it_was_measured(
    subject: str, limit: str, value: float
) -> None:
    (result,) = evaluate([parse_threshold(f"{subject} <= {limit}")], figures_with(subject, value))
    assert result.value == value


def test_a_measured_share_and_a_measured_count_may_be_compared_for_equality() -> None:
    assert verdict("utilisation == 85%", figures_with("utilisation", 0.85 - 1e-13)) == ("85%", True)
    assert verdict("queue mean == 3", figures_with("queue", 3 + 1e-12)) == ("3", True)
    assert verdict("queue mean != 3", figures_with("queue", 3 + 1e-12)) == ("3", False)


@pytest.mark.parametrize(
    ("subject", "limit", "value", "shown"),
    [
        ("latency mean", "10ms", 0.01000001, "10.00001ms"),
        ("latency mean", "0ms", 2e-9, "0.000002ms"),
        ("throughput", "250/s", 250.000001, "250.000001/s"),
        ("utilisation", "85%", 0.85000001, "85.000001%"),
        ("queue mean", "3", 3.0000001, "3.0000001"),
    ],
)
def test_more_than_rounding_is_not_forgiven(
    subject: str, limit: str, value: float, shown: str
) -> None:
    run = figures_with(subject, value)
    assert verdict(f"{subject} <= {limit}", run) == (shown, False)


def test_counts_and_their_shares_are_exact() -> None:
    # Each differs from its limit by a trillionth.
    orders = whole(block(placed=10**12, rejected=10**11 + 1, waited=0.100000000000001))
    assert verdict("rejected <= 10%", orders) == ("10.0000000001%", False)
    assert verdict("rejected <= 100000000000", orders) == ("100000000001", False)
    assert verdict("placed > 999999999999", orders) == ("1000000000000", True)
    assert verdict("waited <= 10%", orders) == ("10.0000000000001%", False)
    shelves = KnownFigures(products={"A": product(10**13, 10**12 - 1, 10**12)})
    assert verdict("fill >= 100%", shelves) == ("99.9999999999%", False)
    assert verdict("sold >= 1000000000000", shelves) == ("999999999999", False)
    assert verdict("stock <= 9000000000000", shelves) == ("9000000000001", False)


@given(st.floats(0, 2e6), st.sampled_from([0.001, 0.01, 0.3, 1.0, 59.9]))
def test_a_time_is_the_same_however_late_in_the_run_it_was_taken(
    moment: float, service: float
) -> None:
    # Over days a moment has a tenth of a nanosecond, and a difference of two is off by as much.
    measured = (moment + service) - moment
    run = whole(block(placed=1, mean=measured))
    limit = f"{service * 1000:.0f}ms"
    assert verdict(f"latency mean <= {limit}", run) == (limit, True)
    assert verdict(f"latency mean < {limit}", run) == (limit, False)


@given(
    limit=st.integers(1, 100_000),
    error=st.floats(-3e-9, 3e-9),
    op=st.sampled_from(["<", "<=", ">", ">="]),
)
def test_near_the_limit_too_the_figure_as_shown_agrees_with_the_verdict(
    limit: int, error: float, op: str
) -> None:
    actual = limit / 1000 * (1 + error)
    shown, ok = verdict(f"latency mean {op} {limit}ms", whole(block(placed=1, mean=actual)))
    assert shown is not None
    number = Decimal(shown.removesuffix("ms"))
    holds = {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}
    assert holds[op] == ok
    assert (number == limit) == same_time(actual, limit / 1000)
