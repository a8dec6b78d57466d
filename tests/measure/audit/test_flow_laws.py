from __future__ import annotations

import msgspec
import pytest
from sound_run import EVIDENCE, FLOW, broken, with_, with_flow

from actors.measure.audit import OrderFlow, audit


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(
    ("field", "culprit"),
    [
        ("placed", "router: clients placed"),
        ("received", "router: clients placed"),
        ("refused", "router: the router received"),
        ("duplicates", "router: the router received"),
        ("dispatched", "router: the router received"),
        ("waiting", "router: the router received"),
        ("finished", "processors: the router dispatched"),
        ("in_hand", "processors: the router dispatched"),
        ("recorded", "collector: processors finished"),
        ("booked", "collector: the collector recorded"),
    ],
)
def test_a_station_that_loses_or_makes_an_order_is_named(
    field: str, culprit: str, step: int
) -> None:
    found = broken(with_flow(**{field: getattr(FLOW, field) + step}))
    assert list(found) == ["orders flow"]
    assert found["orders flow"].startswith(f"culprit: {culprit}")


def test_every_field_of_the_flow_is_watched() -> None:
    for field in OrderFlow.__struct_fields__:
        assert broken(with_flow(**{field: getattr(FLOW, field) + 1})), field


def test_orders_that_wait_or_are_in_hand_at_the_end_are_not_missed_on_their_way() -> None:
    flow = {"received": 108, "placed": 108, "waiting": 5, "dispatched": 73, "in_hand": 3}
    assert broken(with_flow(**flow)) == {}


def test_a_sound_run_says_how_many_outcomes_there_were_and_of_no_changed_envelopes() -> None:
    (check,) = [check for check in audit(EVIDENCE).checks if check.name == "one outcome an order"]
    assert check.detail == "90 outcomes: lost 0, duplicated 0, unexpected 0"


def test_lost_orders_are_counted_and_named() -> None:
    found = broken(with_(open_orders=["web-1-7", "web-1-8", "web-1-9", "web-2-1"]))
    assert list(found) == ["one outcome an order"]
    assert "lost 4" in found["one outcome an order"]
    assert "web-1-7 is lost; web-1-8 is lost; web-1-9 is lost" in found["one outcome an order"]


@pytest.mark.parametrize("kind", ["duplicated", "unexpected", "changed"])
def test_outcomes_too_many_or_in_another_envelope_are_counted_and_named(kind: str) -> None:
    found = broken(with_(**{kind: 1}, examples=["web-1-7 ended twice"]))
    assert list(found) == ["one outcome an order"]
    assert f"{kind} 1" in found["one outcome an order"]
    assert "web-1-7 ended twice" in found["one outcome an order"]


@pytest.mark.parametrize("field", ["sent", "handled", "dead_lettered"])
@pytest.mark.parametrize("step", [-1, 1])
def test_a_message_that_went_nowhere_is_found(field: str, step: int) -> None:
    counts = EVIDENCE.messages
    wrong = msgspec.structs.replace(counts, **{field: getattr(counts, field) + step})
    assert list(broken(with_(messages=wrong))) == ["messages accounted for"]


@pytest.mark.parametrize("name", ["scheduled_sum", "finished_sum", "in_system_sum"])
@pytest.mark.parametrize("error", [0.001, -0.001])
def test_a_time_that_was_recorded_wrongly_breaks_littles_law(name: str, error: float) -> None:
    wrong = (*getattr(EVIDENCE, name), error)
    assert list(broken(with_(**{name: wrong}))) == ["Little's law"]


def test_littles_law_forgives_rounding_of_sums_over_a_long_run() -> None:
    # A million repeated orders on one day: their sum alone is rounded by 8 microseconds.
    day = 8.64e10
    found = with_(
        scheduled_sum=(day, 1000.0, -day + 1e-5), finished_sum=(1090.0,), in_system_sum=(90.0,)
    )
    assert audit(found).ok
    assert not audit(with_(scheduled_sum=(1000.0, 1e-5))).ok
