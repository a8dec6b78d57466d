from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from actors.scenario.recorded.replay import Recording, read_recording

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARED = Path(__file__).parents[2].parent / "shared"
DAYS = sorted((SHARED / "data" / "online-retail").glob("*.csv"))
RETAIL = {
    "order": "InvoiceNo",
    "client": "CustomerID",
    "time": "InvoiceDate",
    "sku": "StockCode",
    "quantity": "Quantity",
}
PLAIN = {"order": "id", "client": "who", "time": "at", "sku": "sku", "quantity": "n"}
HEADER = "id,who,at,sku,n\n"


@dataclass(frozen=True)
class Source:
    """A log as a scenario names it."""

    file: Path
    columns: Mapping[str, str] = field(default_factory=lambda: PLAIN)
    compress: float = 1.0


def read(path: Path, content: str | bytes, columns: Mapping[str, str] = PLAIN) -> Recording:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_recording(Source(path, columns), "history")


def lines_in(recording: Recording) -> int:
    return sum(len(order.lines) for order in recording.orders)


def demand(files: list[Path]) -> None:
    """Skip where the shared data is not at hand; in CI it must be."""
    if not files:
        assert "CI" not in os.environ, f"the test data is missing in {SHARED}"
        pytest.skip(f"needs the test data in {SHARED}")


def test_six_days_of_a_real_shop_are_at_hand() -> None:
    demand(DAYS)
    assert len(DAYS) == 6


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.stem)
def test_every_row_and_every_invoice_of_a_real_day_is_accounted_for(day: Path) -> None:
    with day.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    found = read_recording(Source(day, RETAIL), "history")
    assert (found.rows, found.refused) == (len(table), ())
    assert lines_in(found) == len(table)
    assert {order.id for order in found.orders} == {row["InvoiceNo"] for row in table}
    assert len(found.orders) == len({row["InvoiceNo"] for row in table})
    assert found.skus == tuple(dict.fromkeys(row["StockCode"] for row in table))


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.stem)
def test_the_credit_notes_of_a_real_day_are_its_returns(day: Path) -> None:
    with day.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    clients = {row["InvoiceNo"]: row["CustomerID"] for row in table}
    found = read_recording(Source(day, RETAIL), "history")
    returns = {order.id for order in found.orders if order.kind == "return"}
    assert returns == {name for name, client in clients.items() if name[0] == "C" and client}
    written_off = {row["InvoiceNo"] for row in table if row["Quantity"][0] == "-"} - returns
    assert {told.order for told in found.invalid} == written_off
    assert {told.line for told in found.invalid} == {
        order.row for order in found.orders if order.id in written_off
    }
    assert all(order.client == "history" for order in found.orders if order.id in written_off)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.stem)
def test_a_real_day_lasts_some_hours_and_runs_forward(day: Path) -> None:
    times = [order.at for order in read_recording(Source(day, RETAIL), "history").orders]
    assert times == sorted(times)
    assert times[0] == 0
    assert 5 * 3600 < times[-1] < 14 * 3600


@pytest.mark.parametrize("columns", [PLAIN, {}])
def test_every_text_of_the_json_test_suite_costs_its_row_at_most(
    tmp_path: Path, columns: Mapping[str, str]
) -> None:
    texts = sorted((SHARED / "corpora" / "json-test-suite" / "test_parsing").glob("*.json"))
    demand(texts)
    good = b'{"id":"A","at":0,"placed_s":0,"sku":"x","n":1,"lines":[{"sku":"x","quantity":1}]}\n'
    for text in texts:
        found = read(tmp_path / "log.jsonl", good + text.read_bytes(), columns)
        assert found.orders[0].id == "A"
        assert lines_in(found) + len(found.refused) == found.rows


def test_every_naughty_string_is_a_name_or_costs_its_row(tmp_path: Path) -> None:
    corpus = SHARED / "corpora" / "naughty-strings.json"
    demand([corpus] if corpus.exists() else [])
    naughty: list[str] = json.loads(corpus.read_text(encoding="utf-8"))
    path = tmp_path / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.strip().split(","))
        writer.writerows(
            [f"{n}-{text}", text, n, f"sku {text}", 1] for n, text in enumerate(naughty)
        )
    found = read_recording(Source(path), "history")
    assert lines_in(found) + len(found.refused) == found.rows
    kept = {order.id for order in found.orders}
    assert [text for n, text in enumerate(naughty) if f"{n}-{text}" not in kept] == []
