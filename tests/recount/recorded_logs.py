"""Recorded logs as CSV: returns, write-offs, mixed orders, unknown products, rows that are none."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

__all__ = ["COLUMNS", "FILE", "Log", "logs"]

FILE: Final = "log.csv"
COLUMNS: Final = {
    "order": "invoice",
    "client": "customer",
    "time": "when",
    "sku": "article",
    "quantity": "pieces",
}
UNKNOWN: Final = "GONE"

Row = tuple[str, ...]

ORDERS: Final = [f"R{number}" for number in range(1, 13)]
CLIENTS: Final = ["ann", "ann", "bob", ""]
TIMES: Final = ["0", "0.25", "1", "1.5", "2", "2.125", "3"]
# Four in five are good; the others make an order that is none.
QUANTITIES: Final = ["1", "1", "2", "2", "3", "5", "2.0", "-1", "-2", "-1", "0", "1.5", "few", ""]


@dataclass(frozen=True)
class Log:
    """A log's text, and what it is to be read as.

    Attributes:
        rows: all of them, those that belong to no order too.
        orders: different ids in rows that belong to one.
        skus: those that orders name, by first appearance.
        placed: when each order is placed, by id: its earliest row, counted from the log's.
    """

    text: str
    rows: int
    orders: int
    skus: tuple[str, ...]
    placed: Mapping[str, float]


def logs(skus: Sequence[str]) -> st.SearchStrategy[Log]:
    """Logs that name these products, and one that nobody lists."""
    names = st.sampled_from([*skus, *skus, UNKNOWN])
    good = st.tuples(
        st.sampled_from(ORDERS),
        st.sampled_from(CLIENTS),
        st.sampled_from(TIMES),
        names,
        st.sampled_from(QUANTITIES),
    )
    first = st.tuples(st.just("R1"), st.just("ann"), st.just("0.5"), names, st.just("1"))
    bad: st.SearchStrategy[Row] = st.sampled_from(
        [
            ("", "ann", "1", "A", "1"),
            ("R2", "ann", "1", "", "1"),
            ("R3", "ann", "soon", "A", "1"),
            ("R4", "ann", "1", "A"),
            ("R5", "ann", "1", "A", "1", "more"),
        ]
    )
    any_row = st.sampled_from([good, good, good, bad]).flatmap(lambda rows: rows)
    several = st.lists(any_row, min_size=5, max_size=30)
    return st.builds(lambda one, more: _log([one, *more]), first, several)


def _log(rows: Sequence[Row]) -> Log:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([tuple(COLUMNS.values()), *rows])
    read = [row for row in rows if _belongs(row)]
    return Log(
        text=file.getvalue(),
        rows=len(rows),
        orders=len({row[0] for row in read}),
        skus=tuple(dict.fromkeys(row[3] for row in read)),
        placed=_placed([(row[0], float(row[2])) for row in read]),
    )


def _placed(times: Sequence[tuple[str, float]]) -> dict[str, float]:
    start = min(at for _, at in times)
    return {order: min(at for other, at in times if other == order) - start for order, _ in times}


def _belongs(row: Row) -> bool:
    return len(row) == len(COLUMNS) and bool(row[0]) and row[2] in {*TIMES, "0.5"} and bool(row[3])
