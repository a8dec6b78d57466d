"""Six days of a real web shop, played whole: every row of the logs is accounted for.

The independent count below reads the CSV on its own and knows nothing of stocksim.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from actors.measure.result import Result
from actors.scenario.loader import load_scenario
from actors.simulation import Simulation

SHARED: Final = Path(__file__).parents[2].parent / "shared"
DAYS: Final = sorted((SHARED / "data" / "online-retail").glob("*.csv"))
STOCK: Final = 100_000

SCENARIO: Final = """\
stocksim: 1
processors: {count: 4, service_time: exponential 20s}
clients:
  history:
    replay:
      file: day.csv
      columns:
        order: InvoiceNo
        client: CustomerID
        time: InvoiceDate
        sku: StockCode
        quantity: Quantity
      stock: 100000
"""


class Day:
    """A day's log, counted independently: what each invoice is, and what it does to stock."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8-sig", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.invoices: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in self.rows:
            self.invoices[row["InvoiceNo"]].append(row)
        self.kinds = {name: self._kind(rows) for name, rows in self.invoices.items()}

    @staticmethod
    def _kind(rows: list[dict[str, str]]) -> str:
        signs = {(quantity > 0) - (quantity < 0) for quantity in map(quantity_of, rows)}
        if signs == {1}:
            return "sale"
        has_client = any(row["CustomerID"] for row in rows)
        return "return" if signs == {-1} and has_client else "invalid"

    def moved(self, kind: str) -> Counter[str]:
        """Units by SKU that invoices of one kind move."""
        units: Counter[str] = Counter()
        for name, rows in self.invoices.items():
            if self.kinds[name] == kind:
                for row in rows:
                    units[row["StockCode"]] += abs(quantity_of(row))
        return units


def quantity_of(row: dict[str, str]) -> int:
    return int(float(row["Quantity"]))


def replay(day: Path, folder: Path, runtime: str, speed: float | None = None) -> Played:
    shutil.copy(day, folder / "day.csv")
    scenario = folder / "shop.yaml"
    scenario.write_text(SCENARIO, "utf-8")
    records = io.BytesIO()
    result = Simulation(
        load_scenario(scenario), runtime=runtime, speed=speed, records=records
    ).run()
    return Played(result, records.getvalue())


class Played:
    """A replayed day: its result and its records."""

    def __init__(self, result: Result, records: bytes) -> None:
        self.result = result
        self.records = [json.loads(line) for line in records.splitlines()]

    def lines(self) -> Iterator[tuple[str, str, int]]:
        """(outcome, SKU, units filled) of every line."""
        for record in self.records:
            for line in record["lines"]:
                yield record["outcome"], line["sku"], line["filled"]


def assert_accounted_for(day: Day, played: Played) -> None:
    result = played.result
    kinds = Counter(day.kinds.values())
    assert result.crashes == 0
    assert result.audit.ok, [check for check in result.audit.checks if not check.ok]
    assert result.replay is not None
    assert result.replay.rows == len(day.rows)
    assert result.replay.refused_rows == 0
    assert result.replay.orders == result.orders.placed == len(day.invoices)
    assert {record["id"] for record in played.records} == set(day.invoices)
    assert result.orders.fulfilled == kinds["sale"] + kinds["return"]
    assert result.orders.rejected == result.orders.rejected_by.get("invalid", 0)
    assert result.orders.rejected == kinds["invalid"]
    assert sum(letter.count for letter in result.dead_letters) == kinds["invalid"]
    invalid = {told.order: told.why for told in result.replay.invalid}
    assert set(invalid) == {name for name, kind in day.kinds.items() if kind == "invalid"}
    assert Counter(invalid.values()) == {letter.why: letter.count for letter in result.dead_letters}
    assert sum(1 for _ in played.lines()) == sum(
        len(rows) for name, rows in day.invoices.items() if day.kinds[name] != "invalid"
    )
    assert_stock_conserved(day, result)


def assert_stock_conserved(day: Day, result: Result) -> None:
    sold, returned = day.moved("sale"), day.moved("return")
    assert set(result.products) == {row["StockCode"] for row in day.rows}
    for sku, product in result.products.items():
        assert product.initial == STOCK
        assert product.sold == sold[sku]
        assert product.returned == returned[sku]
        assert product.final == STOCK - sold[sku] + returned[sku]


def demand(files: list[Path]) -> None:
    """Skip where the logs are not at hand; in CI they must be."""
    if not files:
        assert "CI" not in os.environ, f"the test data is missing in {SHARED}"
        pytest.skip(f"needs the test data in {SHARED}")


def test_the_logs_have_what_makes_them_hard() -> None:
    demand(DAYS)
    days = [Day(path) for path in DAYS]
    kinds = sum((Counter(day.kinds.values()) for day in days), Counter())
    assert len(days) == 6
    assert sum(len(day.rows) for day in days) == 21_112
    assert kinds["return"] > 50
    assert kinds["invalid"] > 5
    assert any(not row["CustomerID"] for day in days for row in day.rows)
    assert any(
        len({row["StockCode"] for row in rows}) < len(rows)
        for day in days
        for rows in day.invoices.values()
    )


@pytest.mark.parametrize("path", DAYS, ids=lambda path: path.stem)
def test_a_real_day_is_accounted_for_to_the_row(path: Path, tmp_path: Path) -> None:
    assert_accounted_for(Day(path), replay(path, tmp_path, "virtual"))


@pytest.mark.slow
def test_a_real_day_on_threads_comes_to_the_same_totals(tmp_path: Path) -> None:
    demand(DAYS)
    played = replay(DAYS[4], tmp_path, "threads", speed=3_600)
    assert_accounted_for(Day(DAYS[4]), played)
