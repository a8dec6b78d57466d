"""The words of a threshold: which metrics there are, and what may be said of each."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from actors.vocabulary.outcomes import REASONS

__all__ = ["MEANT", "METRICS", "OPERATORS", "UNITS", "Metric", "Operator", "Unit"]

Unit = Literal["share", "count", "rate", "time"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]


class Metric(NamedTuple):
    """What may be said of a metric.

    Attributes:
        units: of its limit; the first one of several decides nothing.
        statistics: one of them must follow its name; none: it takes none.
        of_product: `of SKU` may follow.
        of_orders: `during PHASE` and `for GROUP` may follow.
        measured: it comes from times, so that rounding is forgiven; counts and their shares are
            exact.
        warm_up: it leaves out what was before the warm-up.
    """

    units: tuple[Unit, ...]
    statistics: tuple[str, ...] = ()
    of_product: bool = False
    of_orders: bool = True
    measured: bool = False
    warm_up: bool = False


_TIME: Final = Metric(("time",), ("mean", "min", "max", "pN"), measured=True, warm_up=True)
_OUTCOME: Final = Metric(("share", "count"))
METRICS: Final[dict[str, Metric]] = {
    "latency": _TIME,
    "wait": _TIME,
    "service": _TIME,
    "placed": Metric(("count",)),
    "fulfilled": _OUTCOME,
    "partial": _OUTCOME,
    "rejected": _OUTCOME,
    **dict.fromkeys(REASONS, _OUTCOME),
    "waited": Metric(("share",), warm_up=True),
    "throughput": Metric(("rate",), measured=True, warm_up=True),
    "queue": Metric(("count",), ("mean", "max"), of_orders=False, measured=True, warm_up=True),
    "utilisation": Metric(("share",), of_orders=False, measured=True, warm_up=True),
    "sold": Metric(("count",), of_product=True, of_orders=False),
    "stock": Metric(("count",), of_product=True, of_orders=False),
    "fill": Metric(("share",), of_product=True, of_orders=False),
}
UNITS: Final[dict[Unit, str]] = {
    "share": "a share such as 20%",
    "count": "a count such as 100",
    "rate": "a rate such as 250/s",
    "time": "a time such as 1500ms",
}
OPERATORS: Final[dict[Operator, tuple[Unit, ...]]] = {
    "<": ("share", "count", "rate", "time"),
    "<=": ("share", "count", "rate", "time"),
    ">": ("share", "count", "rate", "time"),
    ">=": ("share", "count", "rate", "time"),
    "==": ("share", "count"),
    "!=": ("count",),
}
MEANT: Final = {"=": "==", "=<": "<=", "=>": ">=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!="}
