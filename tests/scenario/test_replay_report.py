"""What a run tells of a log: refused rows, and apart from them the orders that were invalid."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.measure.journal import Detail, Event
from actors.measure.result import InvalidRecord, ReplayReport, Result, to_json
from actors.report.summary.page import render
from actors.scenario.loader import load_scenario, load_text
from actors.simulation import Simulation
from actors.wiring.result_builder import NOTES_SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ROWS = """\
stocksim: 1
processors: {service_time: 1ms}
clients:
  log:
    replay:
      file: log.jsonl
      columns: {order: id, client: who, time: at, sku: sku, quantity: n}
      stock: 9
"""
ORDERS = ROWS.replace(
    "      columns: {order: id, client: who, time: at, sku: sku, quantity: n}\n", ""
)

RANGE = "a quantity is outside 1..1,000,000"
WRITE_OFF = "a negative quantity without a client: a write-off, no return"


def row(name: str, quantity: object, who: str = "ann", sku: str = "TEA") -> dict[str, object]:
    return {"id": name, "who": who, "at": 0, "sku": sku, "n": quantity}


def whole(name: str, *quantities: object, **fields: object) -> dict[str, object]:
    lines = [{"sku": f"S{place}", "quantity": each} for place, each in enumerate(quantities)]
    return {"id": name, "client": "ann", "placed_s": 0, "lines": lines} | fields


def play(
    folder: Path, log: Sequence[object], scenario: str = ROWS
) -> tuple[Result, ReplayReport, list[Event]]:
    """The result, what it says of the log, and what was logged."""
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in log)
    (folder / "log.jsonl").write_text(text, "utf-8")
    events: list[Event] = []
    result = Simulation(
        load_text(scenario, name="shop", folder=folder),
        journal=events.append,
        detail=Detail.OUTCOMES,
    ).run()
    assert result.replay is not None
    return result, result.replay, events


FLAWS: list[tuple[str, Sequence[object], str, str | None]] = [
    ("write-off", [row("B", -2, who="")], RANGE, WRITE_OFF),
    ("mixed", [row("B", 2), row("B", -2)], RANGE, "sold and returned quantities in one order"),
    ("zero", [row("B", 0)], RANGE, "the quantity 0 is not within 1 and 1,000,000"),
    ("million", [row("B", 1_000_001)], RANGE, "the quantity 1000001 is not within 1 and 1,000,000"),
    (
        "half",
        [row("B", 1.5)],
        "Expected `int`, got `float` - at `$.lines[...].quantity`",
        "the quantity 1.5 is not a whole number",
    ),
    (
        "words",
        [row("B", "many")],
        "Expected `int`, got `str` - at `$.lines[...].quantity`",
        "the quantity 'many' is not a whole number",
    ),
    ("lines", [row("B", 1)] * 1_001, "over 1,000 lines", None),
    ("long name", [row("B" * 201, 1)], "a name is not 1 to 200 characters long", None),
    ("long client", [row("B", 1, who="b" * 201)], "a name is not 1 to 200 characters long", None),
    ("long sku", [row("B", 1, sku="B" * 201)], "a name is not 1 to 200 characters long", None),
    ("control", [row("B\x1b", 1)], "a name has control characters", None),
    ("size", [row("B", 1, sku="\U0001f47e" * 190)] * 400, "over 256 KiB", None),
]


@pytest.mark.parametrize(("rows", "why", "note"), [flaw[1:] for flaw in FLAWS], ids=lambda _: "")
def test_an_invalid_order_has_one_reason_wherever_it_is_told(
    rows: Sequence[object], why: str, note: str | None, tmp_path: Path
) -> None:
    result, replay, events = play(tmp_path, [row("A", 1), *rows])
    (told,) = replay.invalid
    assert (told.why, told.note) == (why, note)
    assert [(letter.why, letter.count, letter.example) for letter in result.dead_letters] == [
        (told.why, 1, told.order)
    ]
    assert [(event.order_id, event.text) for event in events if event.kind == "dead_letter"] == [
        (told.order, f"invalid {told.why}")
    ]
    assert (replay.invalid_orders, replay.refused_rows, replay.refused) == (1, 0, ())
    assert result.orders.rejected_by["invalid"] == 1


def test_a_negative_restock_is_invalid_and_says_so(tmp_path: Path) -> None:
    log = [whole("A", 1), whole("B", -1, -2, kind="restock")]
    _, replay, _ = play(tmp_path, log, ORDERS)
    assert replay.invalid == (
        InvalidRecord(line=2, order="B", why=RANGE, note="a negative quantity in a restock"),
    )


def test_the_line_is_where_the_order_turned_invalid(tmp_path: Path) -> None:
    log = [row("A", 1), row("B", -1), row("C", -1, who=""), row("B", -2), row("B", 3)]
    _, replay, _ = play(tmp_path, log)
    assert [(told.line, told.order) for told in replay.invalid] == [(3, "C"), (5, "B")]


def test_refused_rows_and_invalid_orders_are_counted_and_listed_apart(tmp_path: Path) -> None:
    log = ["no JSON", row("A", 1), row("", 1), row("B", 0), "{}", row("A", 2)]
    result, replay, _ = play(tmp_path, log)
    assert (replay.rows, replay.orders) == (6, 2)
    assert replay.refused_rows == len(replay.refused) == 3
    assert [refused.line for refused in replay.refused] == [1, 3, 5]
    assert replay.invalid_orders == len(replay.invalid) == 1
    document = json.loads(to_json(result))["replay"]
    assert document["invalid"] == [
        {
            "line": 4,
            "order": "B",
            "why": RANGE,
            "note": "the quantity 0 is not within 1 and 1,000,000",
        }
    ]
    assert document["invalid_orders"] == 1
    assert document["refused_rows"] == 3


def test_the_lists_are_cut_and_the_counts_complete(tmp_path: Path) -> None:
    many = range(NOTES_SHOWN + 50)
    log = [row("A", 1), *[row(f"B{n}", 0) for n in many], *[row("", 1) for _ in many]]
    result, replay, _ = play(tmp_path, log)
    assert replay.refused_rows == replay.invalid_orders == len(many)
    assert len(replay.refused) == len(replay.invalid) == NOTES_SHOWN
    assert result.dead_letters[0].count == len(many)


quantities = st.one_of(
    st.integers(-3, 3), st.sampled_from([1.5, "x", "", None, True, 1_000_000, 1_000_001, -1e300])
)
logs = st.lists(
    st.builds(
        row,
        st.sampled_from(["A", "B", "C", "D" * 200, "E" * 201, "F\x7f", "G\u202e", " "]),
        quantities,
        st.sampled_from(["", "ann", "x" * 201]),
        st.sampled_from(["TEA", "RUM", "S" * 201, "\x00", "ž"]),
    ),
    min_size=1,
    max_size=12,
)


@given(log=logs)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_what_the_log_calls_invalid_is_what_the_router_refuses(
    log: list[dict[str, object]], tmp_path: Path
) -> None:
    result, replay, events = play(tmp_path, [row("good", 1), *log])
    assert result.crashes == 0
    assert {letter.why: letter.count for letter in result.dead_letters} == Counter(
        told.why for told in replay.invalid
    )
    buried = {event.order_id: event.text for event in events if event.kind == "dead_letter"}
    assert buried == {told.order: f"invalid {told.why}" for told in replay.invalid}
    assert replay.invalid_orders == result.orders.rejected_by.get("invalid", 0)
    assert replay.orders == result.orders.placed


def test_the_recorded_morning_tells_of_its_write_off_and_its_half_piece() -> None:
    loaded = load_scenario(SCENARIOS / "replay.yaml")
    result = Simulation(loaded, records=io.BytesIO()).run()
    assert result.replay is not None
    assert [(told.line, told.order, told.note) for told in result.replay.invalid] == [
        (19, "INV-1013", WRITE_OFF),
        (23, "INV-1016", "the quantity 1.5 is not a whole number"),
    ]
    page = " ".join(render(result, colour=False).split())
    assert "REFUSED no row INVALID 2 orders" in page
    for told in result.replay.invalid:
        assert f"line {told.line} {told.order} {told.why}: {told.note}" in page
