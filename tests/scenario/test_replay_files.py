from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.scenario.recorded import replay, rows_to_orders
from actors.scenario.recorded.replay import RecordedOrder, Recording, ReplayError, read_recording

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


def lines_in(recording: Recording) -> int:
    return sum(len(order.lines) for order in recording.orders)


# --- Rows that cannot be read -------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",a,0,x,1", "no order id"),
        (" ,a,0,x,1", "no order id"),
        ("B,a,0,,1", "no SKU"),
        ("B,a,,x,1", "neither ISO 8601"),
        ("B,a,0,x", "4 columns, where the header has 5"),
        ("B,a,0,x,1,", "6 columns, where the header has 5"),
        ('"B,a,0,x,1', "where the header has 5"),
        ("B,a,0,x\0,1", "a NUL byte"),
        ("B,a,0," + "x" * 200_000 + ",1", "field larger than field limit"),
        ("B,a,0,x,1" + "," * 270_000, "a line of more than 262,144 characters"),
        (b"B,a,0,caf\xe9,1", "not UTF-8"),
        (b"B,a,0,\xed\xa0\x80,1", "not UTF-8"),
    ],
)
def test_a_row_that_cannot_be_used_costs_itself_only(
    tmp_path: Path, row: str | bytes, says: str
) -> None:
    middle = row if isinstance(row, bytes) else row.encode()
    content = HEADER.encode() + b"A,a,0,x,1\n" + middle + b"\nC,c,0,x,1\n"
    found = read(tmp_path / "log.csv", content)
    assert [order.id for order in found.orders] == ["A", "C"]
    assert found.orders[1].row == 4
    (refused,) = found.refused
    assert refused.line == 3
    assert says in refused.why
    assert found.rows == 3


def test_a_quote_that_is_never_closed_does_not_take_the_rest_of_the_file_along(
    tmp_path: Path,
) -> None:
    ordinary = [f"A{n},a,{n},x,1" for n in range(100)]
    found = rows(tmp_path, *ordinary[:50], 'B,a,0,"5 inch nail,1', *ordinary[50:])
    assert [order.id for order in found.orders] == [f"A{n}" for n in range(100)]
    assert found.orders[99].row == 102
    assert [refused.line for refused in found.refused] == [52]


def test_a_quoted_text_may_run_over_lines(tmp_path: Path) -> None:
    found = rows(tmp_path, 'A,a,0,"x, the\n""best""",1', "", "B,b,1,y,1")
    assert found.orders[0].lines == (('x, the\n"best"', 1),)
    assert [order.row for order in found.orders] == [2, 5]
    assert found.rows == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_every_line_ending_is_read_with_and_without_a_byte_order_mark(
    tmp_path: Path, end: str, mark: bytes
) -> None:
    text = end.join(['"id", who,at,sku,n', "A,a,0,crème,1", "B,b,1,y,2"])
    found = read(tmp_path / "log.CSV", mark + text.encode())
    assert [order.lines for order in found.orders] == [(("crème", 1),), (("y", 2),)]
    assert [order.row for order in found.orders] == [2, 3]


@given(body=st.binary(max_size=400), ending=st.sampled_from([".csv", ".jsonl"]))
@in_a_folder
def test_whatever_bytes_follow_every_row_is_accounted_for(
    tmp_path: Path, body: bytes, ending: str
) -> None:
    start = HEADER if ending == ".csv" else ""
    good = "A,a,0,x,1\n" if ending == ".csv" else '{"id":"A","at":0,"sku":"x","n":1}\n'
    found = read(tmp_path / f"log{ending}", (start + good).encode() + body)
    assert lines_in(found) + len(found.refused) == found.rows


# --- JSON Lines ---------------------------------------------------------------------------


def test_json_lines_may_be_one_object_a_row(tmp_path: Path) -> None:
    found = read(
        tmp_path / "log.ndjson",
        b'\xef\xbb\xbf{"id": 7, "who": 18211.0, "at": 1.5, "sku": 22423, "n": 12.0, "more": [1]}\n'
        b'\n{"id": "8", "who": null, "at": "0", "sku": "x", "n": "3"}',
    )
    assert found.orders == (
        RecordedOrder("8", "history", "sale", 0.0, (("x", 3),), row=3),
        RecordedOrder("7", "18211.0", "sale", 1.5, (("22423", 12),), row=1),
    )
    assert found.rows == 2


def test_an_orders_file_is_replayed_without_columns(tmp_path: Path) -> None:
    order = {
        "id": "web-1-1",
        "client": "web-1",
        "group": "web",
        "phase": "peak",
        "kind": "restock",
        "priority": 3,
        "placed_s": 12.5,
        "started_s": None,
        "finished_s": 13,
        "outcome": "rejected",
        "reason": "overloaded",
        "short_sku": None,
        "processor": None,
        "lines": [{"sku": "x", "quantity": 2, "filled": 0}, {"sku": "y", "quantity": 1}],
    }
    later = order | {"id": "web-1-2", "kind": "sale", "placed_s": 14.0, "priority": 0}
    text = "\n".join(json.dumps(line) for line in (later, order))
    found = read(tmp_path / "orders.jsonl", text, {})
    lines = (("x", 2), ("y", 1))
    assert found.orders == (
        RecordedOrder("web-1-1", "web-1", "restock", 0.0, lines, row=2, priority=3),
        RecordedOrder("web-1-2", "web-1", "sale", 1.5, lines, row=1),
    )
    assert (found.rows, found.refused) == (4, ())


def test_a_kind_that_the_log_states_is_not_guessed_from_the_sign(tmp_path: Path) -> None:
    line = '{"id": "A", "client": "a", "kind": "sale", "placed_s": 0, "lines": [%s]}'
    found = read(tmp_path / "o.jsonl", line % '{"sku": "x", "quantity": -2}', {})
    assert found.orders[0].kind == "sale"
    assert [(told.line, told.note) for told in found.invalid] == [
        (1, "a negative quantity in a sale")
    ]


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "B", "placed_s": 0, "lines": []}',
        '{"id": "B", "placed_s": "soon", "lines": [{"sku": "x", "quantity": 1}]}',
        '{"id": "B", "placed_s": 0, "kind": "theft", "lines": [{"sku": "x", "quantity": 1}]}',
        '{"id": "B", "placed_s": 0, "priority": 1e30, "lines": [{"sku": "x", "quantity": 1}]}',
        '{"id": null, "placed_s": 0, "lines": [{"sku": "x", "quantity": 1}]}',
    ],
)
def test_a_line_that_is_no_whole_order_is_refused(tmp_path: Path, line: str) -> None:
    good = '{"id": "A", "placed_s": 0, "lines": [{"sku": "x", "quantity": 1}]}\n'
    found = read(tmp_path / "o.jsonl", good + line, {})
    assert [order.id for order in found.orders] == ["A"]
    assert [refused.line for refused in found.refused] == [2]
    assert found.rows == 2


@pytest.mark.parametrize(
    "quantity", ["true", "null", "[]", '{"a": 1}', "1e400", "9" * 400, '"\\ud83d"', "0.5"]
)
def test_no_json_quantity_breaks_the_reading(tmp_path: Path, quantity: str) -> None:
    good = '{"id": "A", "at": 0, "sku": "x", "n": 1}\n'
    found = read(tmp_path / "log.jsonl", good + good.replace("1}", f"{quantity}}}"))
    refused, invalid = ([told.line for told in some] for some in (found.refused, found.invalid))
    assert refused + invalid == [2]
    assert lines_in(found) + len(found.refused) == found.rows == 2


# --- Files that cannot be replayed --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("log.csv", b"", "there is nothing in it"),
        ("log.csv", b"\n" * 50, "there is nothing in it"),
        ("log.csv", HEADER.encode(), "no row can be replayed"),
        ("log.csv", (HEADER + "A,a,soon,x,1\n").encode(), "line 2: the time 'soon'"),
        ("log.csv", HEADER.encode("utf-16"), "not UTF-8 text"),
        ("log.csv", b"PK\x03\x04\x00\x00", "a NUL byte"),
        ("log.csv", b"x" * 200_000, "its header is not CSV"),
        ("log.csv", b'"' + b"id,\n" * 100, "a quote is not closed"),
        ("log.jsonl", b"", "no row can be replayed"),
        ("log.jsonl", bytes(range(256)), "line 1: not JSON"),
        ("log.jsonl", b'{"id":' + b"[" * 100_000, "nested too deeply"),
        ("log.jsonl", b"[" * 300_000, "a line of more than 262,144 bytes"),
        ("log.xlsx", b"PK", "a log is a .csv, .jsonl, .ndjson file"),
        ("log", b"", "a log is a .csv"),
    ],
)
def test_a_file_with_nothing_to_replay_is_an_error_of_the_file(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(ReplayError, match=f"^{name}: ") as caught:
        read(tmp_path / name, content)
    assert caught.value.key == "file"
    assert says in str(caught.value)


def test_what_is_no_file_is_an_error_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("missing.csv", "folder.csv", "pipe.csv", "nul\0.csv", "long" * 100 + ".csv"):
        with pytest.raises(ReplayError) as caught:
            read_recording(Source(tmp_path / name), "history")
        assert caught.value.key == "file"


def test_a_file_without_columns_says_what_they_are_for(tmp_path: Path) -> None:
    good = '{"id": "A", "at": 0, "sku": "x", "n": 1}\n'
    with pytest.raises(ReplayError, match="a log of rows needs `columns`"):
        read(tmp_path / "log.jsonl", good, {})
    for name, which in (("log.csv", "column"), ("log.jsonl", "field")):
        with pytest.raises(ReplayError, match=f"which {which} is the time, the quantity") as caught:
            read(tmp_path / name, HEADER, {"order": "id", "sku": "sku"})
        assert caught.value.key == "columns"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("id,who,time,sku,n", "no 'at'"),
        ("id,who,at,sku,quantity", "no 'n', only id, who, at, sku, quantity"),
        ("id,who,at,skus,n", "no 'sku'; did you mean skus?"),
        ("id,who,at,SKU,n", "did you mean SKU?"),
        ("id;who;at;sku;n", "not separated by commas"),
        ("id,who,at,sku,n,n", "has 'n' 2 times"),
    ],
)
def test_a_column_that_the_header_lacks_is_named(tmp_path: Path, header: str, says: str) -> None:
    with pytest.raises(ReplayError) as caught:
        read(tmp_path / "log.csv", f"{header}\nA,a,0,x,1\n")
    assert caught.value.key == "columns"
    assert says in str(caught.value)


def test_every_missing_column_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"'id'.*'at'.*'n'"):
        read(tmp_path / "log.csv", "who,sku\n")


def test_a_file_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MAX_BYTES", 20)
    with pytest.raises(ReplayError, match="MiB: replay a part of it"):
        rows(tmp_path, "A,a,0,x,1")


def test_a_file_of_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_to_orders, "MAX_ROWS", 2)
    assert rows(tmp_path, "A,a,0,x,1", "A,a,,x,1").rows == 2
    with pytest.raises(ReplayError, match="more than 2 rows"):
        rows(tmp_path, "A,a,0,x,1", "A,a,,x,1", "A,a,0,x,1")
