from __future__ import annotations

import io
import json
from typing import cast

import pytest

from actors.measure.records import Records, record_of
from actors.messages import Line, Order, Place, Processed, Refused, Serve

ORDER = Order(
    id="web-1-7",
    client="web-1",
    kind="return",
    placed_at=99.0,
    priority=3,
    lines=(Line("A", 2), Line("B", 5)),
)
PLACE = Place("web-1-7", b"", 1.5, "client/web-1", "web", "peak")
DONE = Processed(
    Serve(ORDER, PLACE, True), "processor/2", 2.0, 3.5, 1.0, "partial", None, ("B", "A"), (1, 4)
)


def test_a_processed_order_has_every_field_of_its_line() -> None:
    file = io.BytesIO()
    Records(file).take([DONE])
    assert json.loads(file.getvalue()) == {
        "id": "web-1-7",
        "client": "web-1",
        "group": "web",
        "phase": "peak",
        "kind": "return",
        "priority": 3,
        "placed_s": 1.5,
        "started_s": 2.0,
        "finished_s": 3.5,
        "outcome": "partial",
        "reason": None,
        "short_sku": "B",
        "processor": "processor/2",
        "lines": [
            {"sku": "A", "quantity": 2, "filled": 1},
            {"sku": "B", "quantity": 5, "filled": 4},
        ],
    }


def test_an_order_that_was_short_of_nothing_names_no_product() -> None:
    filled = Processed(DONE.serve, "processor/2", 2.0, 3.5, 1.0, "fulfilled", None, (), (2, 5))
    assert record_of(filled).short_sku is None


def test_an_order_that_the_router_refused_filled_nothing() -> None:
    record = record_of(Refused(PLACE, ORDER, 1.5, "overloaded", "9 orders wait"))
    assert (record.outcome, record.reason) == ("rejected", "overloaded")
    assert (record.started_s, record.processor) == (None, None)
    assert [line.filled for line in record.lines] == [0, 0]


def test_what_was_no_order_is_recorded_by_its_envelope() -> None:
    record = record_of(Refused(PLACE, None, 1.5, "invalid", "not JSON"))
    assert (record.id, record.client, record.group) == ("web-1-7", "web-1", "web")
    assert (record.kind, record.priority, record.lines) == (None, None, ())


def test_an_order_outside_every_phase_has_no_phase() -> None:
    outside = Place("x", b"", 99.0, "client/web-1", "web", "")
    assert record_of(Refused(outside, None, 99.0, "invalid", "")).phase is None


def test_each_order_is_one_line() -> None:
    file = io.BytesIO()
    records = Records(file)
    records.take([DONE, Refused(PLACE, None, 1.5, "invalid", "not JSON")])
    records.take([])
    records.take([DONE])
    assert file.getvalue().count(b"\n") == 3
    assert [json.loads(line)["outcome"] for line in file.getvalue().splitlines()] == [
        "partial",
        "rejected",
        "partial",
    ]


class FullDisk:
    """A file on a disk without room."""

    def __init__(self) -> None:
        self.tried = 0

    def write(self, _text: bytes) -> int:
        self.tried += 1
        raise OSError(28, "No space left on device")


def test_a_full_disk_ends_the_writing_and_disturbs_nobody() -> None:
    disk = FullDisk()
    records = Records(cast("io.BytesIO", disk))
    records.take([DONE])
    records.take([DONE])
    assert disk.tried == 1
    assert records.failure is not None
    assert records.failure.errno == 28


@pytest.mark.parametrize("filled", [(2,), (2, 4, 1)])
def test_a_story_with_other_lines_than_its_order_is_a_mistake(filled: tuple[int, ...]) -> None:
    wrong = Processed(DONE.serve, "processor/2", 2.0, 3.5, 1.0, "partial", None, ("B",), filled)
    with pytest.raises(ValueError, match="zip"):
        record_of(wrong)
