"""The words of a threshold: which metrics there are, and what may be said of each."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from actors.messages import REASONS

__all__ = ["MEANT", "METRICS", "OPERATORS", "UNITS", "Metric", "Operator", "Unit"]

Unit = Literal["share", "count", "rate", "time"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]


class Metric(NamedTuple):
    """What may be said of a metric: its units, its statistics, and how it can be narrowed."""

    units: tuple[Unit, ...]
    statistics: tuple[str, ...] = ()
    of_product: bool = False
    of_orders: bool = True


_TIME: Final = Metric(("time",), ("mean", "min", "max", "pN"))
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
    "waited": Metric(("share",)),
    "throughput": Metric(("rate",)),
    "queue": Metric(("count",), ("mean", "max"), of_orders=False),
    "utilisation": Metric(("share",), of_orders=False),
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
