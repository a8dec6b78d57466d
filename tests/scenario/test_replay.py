from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.scenario.recorded.replay import RecordedOrder, Recording, read_recording

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = {"order": "id", "client": "who", "time": "at", "sku": "sku", "quantity": "n"}
HEADER = "id,who,at,sku,n\n"

in_a_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@dataclass(frozen=True)
class Source:
    """A log as a scenario names it."""

    file: Path
    columns: Mapping[str, str] = field(default_factory=lambda: PLAIN)
    compress: float = 1.0


def read(path: Path, content: str | bytes, columns: Mapping[str, str] = PLAIN) -> Recording:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_recording(Source(path, columns), "history")


def rows(path: Path, *lines: str) -> Recording:
    return read(path / "log.csv", HEADER + "\n".join(lines) + "\n")


def notes_of(found: Recording) -> list[tuple[int, str, str | None]]:
    return [(invalid.line, invalid.order, invalid.note) for invalid in found.invalid]


# --- Rows become orders -------------------------------------------------------------------


def test_rows_of_one_order_are_one_order_at_their_earliest_time(tmp_path: Path) -> None:
    found = rows(tmp_path, "A,eve,30,x,1", "B,bob,20,y,2", "A,eve,10,z,3")
    assert found.orders == (
        RecordedOrder("A", "eve", "sale", 0.0, (("x", 1), ("z", 3)), row=2),
        RecordedOrder("B", "bob", "sale", 10.0, (("y", 2),), row=3),
    )
    assert (found.rows, found.refused, found.invalid) == (3, (), ())
    assert found.skus == ("x", "y", "z")


def test_orders_of_one_time_keep_the_order_of_the_file(tmp_path: Path) -> None:
    found = rows(tmp_path, "C,c,5,x,1", "A,a,5,x,1", "B,b,1,x,1", "D,d,5,x,1")
    assert [order.id for order in found.orders] == ["B", "C", "A", "D"]


def test_an_order_without_a_client_belongs_to_the_group(tmp_path: Path) -> None:
    found = rows(tmp_path, "A,,1,x,1", "B, ,1,x,1", "C,18211.0,1,x,1")
    assert [order.client for order in found.orders] == ["history", "history", "18211.0"]


def test_a_log_needs_no_column_of_clients(tmp_path: Path) -> None:
    columns = {key: name for key, name in PLAIN.items() if key != "client"}
    found = read(tmp_path / "log.csv", "sku,n,id,at\nx,2,A,1\n", columns)
    assert found.orders == (RecordedOrder("A", "history", "sale", 0.0, (("x", 2),), row=2),)


def test_compressing_divides_the_times(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + "A,a,100,x,1\nB,b,700,x,1\n")
    found = read_recording(Source(path, compress=60.0), "history")
    assert [order.at for order in found.orders] == [0.0, 10.0]


@given(order=st.permutations(range(8)))
@in_a_folder
def test_where_a_row_stands_does_not_change_when_its_order_comes(
    tmp_path: Path, order: list[int]
) -> None:
    lines = [f"{'ABCD'[n // 2]},c,{n * 7 % 8},sku-{n},{n + 1}" for n in order]
    found = rows(tmp_path, *lines)
    assert [(o.id, o.at) for o in found.orders] == [("A", 0), ("D", 1), ("C", 3), ("B", 5)]
    assert {line for o in found.orders for line in o.lines} == {
        (f"sku-{n}", n + 1) for n in range(8)
    }


# --- Times --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("0", "12.5", 12.5),
        ("1320000000.1", "1320000000.2", 0.1),
        ("1e3", "+1001", 1.0),
        ("-5", "5", 10.0),
        ("2011-11-14 08:10:00", "2011-11-14T09:10:00.250", 3600.25),
        ("2011-11-14", "2011-11-15", 86400.0),
        # The night in which summer time began in London: a log's clock knows nothing of it.
        ("2011-03-27 00:30:00", "2011-03-27 02:30:00", 7200.0),
        ("2011-11-14T08:00:00Z", "2011-11-14T10:00:00+01:00", 3600.0),
    ],
)
def test_times_are_seconds_or_iso_8601(
    tmp_path: Path, first: str, second: str, apart: float
) -> None:
    found = rows(tmp_path, f"A,a,{first},x,1", f"B,b,{second},x,1")
    assert [order.at for order in found.orders] == [0.0, apart]


@pytest.mark.parametrize(
    ("first", "odd", "says"),
    [
        ("2011-11-14 08:00", "2011-11-14 08:00+00:00", "a date with an offset, the first row's"),
        ("2011-11-14 08:00+00:00", "2011-11-14 08:00", "a date with no offset, the first row's"),
        ("2011-11-14 08:00", "1321257600", "in seconds, the first row's"),
        ("0", "yesterday", "neither ISO 8601"),
        ("0", "nan", "neither"),
        ("0", "1e99", "neither"),
        ("0", "2011-02-30", "neither"),
        ("0", "", "neither"),
    ],
)
def test_a_time_unlike_the_first_costs_its_row(
    tmp_path: Path, first: str, odd: str, says: str
) -> None:
    found = rows(tmp_path, f"A,a,{first},x,1", f"B,b,{odd},x,1", f"C,c,{first},x,1")
    assert [order.id for order in found.orders] == ["A", "C"]
    (refused,) = found.refused
    assert refused.line == 3
    assert says in refused.why


# --- Quantities and kinds -----------------------------------------------------------------


@pytest.mark.parametrize("written", ["12", "12.0", " 12", "1.2e1", "+12"])
def test_a_whole_quantity_is_a_whole_number_however_written(tmp_path: Path, written: str) -> None:
    assert rows(tmp_path, f"A,a,0,x,{written}").orders[0].lines == (("x", 12),)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0", 0),
        ("-0.0", 0),
        ("1.5", 1.5),
        ("1000001", 1_000_001),
        ("many", "many"),
        ("", ""),
        ("nan", "nan"),
        ("1e999", "1e999"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_quantity_that_cannot_be_ordered_stays_as_found_and_is_noted(
    tmp_path: Path, written: str, kept: float | str
) -> None:
    found = rows(tmp_path, "B,b,0,y,1", f"A,a,0,x,{written}", "A,a,0,z,2")
    assert found.orders[1].lines == (("x", kept), ("z", 2))
    assert found.orders[1].kind == "sale"
    (invalid,) = found.invalid
    assert (invalid.line, invalid.order) == (3, "A")
    assert "quantity" in invalid.why
    assert invalid.note is not None
    assert "quantity" in invalid.note
    assert len(invalid.note) < 100
    assert (found.rows, found.refused) == (3, ())


def test_only_negative_quantities_of_a_client_are_a_return(tmp_path: Path) -> None:
    found = rows(tmp_path, "A,eve,0,x,-2", "A,,0,y,-3.0")
    assert found.orders == (RecordedOrder("A", "eve", "return", 0.0, (("x", 2), ("y", 3)), row=2),)
    assert (found.refused, found.invalid) == ((), ())


def test_negative_quantities_without_a_client_are_a_write_off_and_noted(tmp_path: Path) -> None:
    found = rows(tmp_path, "A,a,0,x,1", "B,,0,x,-2", "B,,0,y,-3")
    assert found.orders[1].lines == (("x", -2), ("y", -3))
    assert found.orders[1].kind == "sale"
    assert notes_of(found) == [
        (3, "B", "a negative quantity without a client: a write-off, no return")
    ]


def test_an_order_that_sells_and_takes_back_is_noted_where_it_turns(tmp_path: Path) -> None:
    found = rows(tmp_path, "A,a,0,x,-1", "A,a,0,y,-2", "A,a,0,z,3")
    assert found.orders[0].lines == (("x", -1), ("y", -2), ("z", 3))
    assert notes_of(found) == [(4, "A", "sold and returned quantities in one order")]
