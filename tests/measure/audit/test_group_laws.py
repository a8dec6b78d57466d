from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from sound_run import ANSWERED, DEPOT, EVIDENCE, OUTCOMES, WEB, broken, examiner_with, noted, with_

from actors.measure.answers import Answers
from actors.measure.audit import Evidence, GroupEvidence


def with_web(**changes: object) -> Evidence:
    return with_(groups=[msgspec.structs.replace(WEB, **changes), DEPOT])


def with_depot(**changes: object) -> Evidence:
    return with_(groups=[WEB, msgspec.structs.replace(DEPOT, **changes)])


def with_tellings(**changes: object) -> Evidence:
    return with_(tellings=msgspec.structs.replace(EVIDENCE.tellings, **changes))


def schedule_of(evidence: Evidence) -> str:
    """What is said against the schedule, which is all that is broken."""
    found = broken(evidence)
    assert list(found) == ["schedule kept"]
    return found["schedule kept"]


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(
    ("evidence", "field"), [(WEB, "placed"), (DEPOT, "placed"), (DEPOT, "duplicates")]
)
def test_a_group_that_the_books_have_other_orders_of_is_named(
    evidence: GroupEvidence, field: str, step: int
) -> None:
    wrong = msgspec.structs.replace(evidence, **{field: getattr(evidence, field) + step})
    words = schedule_of(with_(groups=[wrong]))
    assert words.startswith(f"culprit: collector: {evidence.name}: ")


def test_orders_that_the_books_have_under_another_groups_name_are_found_in_both() -> None:
    groups = [
        msgspec.structs.replace(DEPOT, booked={"": 29}),
        msgspec.structs.replace(DEPOT, name="shop", booked={"": 31}),
    ]
    words = schedule_of(with_(groups=groups))
    assert words == (
        "culprit: collector: depot: 40 placed, 39 in the books; "
        "collector: shop: 40 placed, 41 in the books"
    )


def test_clients_that_place_for_several_groups_are_not_asked_for_which() -> None:
    assert broken(with_depot(placed=None, booked={"": 77})) == {}


@pytest.mark.parametrize(
    ("booked", "words"),
    [
        ({"opening": 19, "peak": 41}, "20 orders were due in opening, 19 were placed"),
        ({"opening": 20, "peak": 39, "night": 1}, "40 orders were due in peak, 39 were placed"),
        ({"peak": 60}, "20 orders were due in opening, 0 were placed"),
    ],
)
def test_a_phase_in_which_other_orders_were_placed_than_were_due_is_named(
    booked: Mapping[str, int], words: str
) -> None:
    assert schedule_of(with_web(booked=booked)).startswith(f"culprit: client/web: {words}")


def test_orders_in_a_phase_in_which_none_was_due_are_found() -> None:
    words = schedule_of(with_web(placed=61, booked={"opening": 20, "peak": 40, "night": 1}))
    assert words == "culprit: client/web: 0 orders were due in night, 1 were placed"


def test_a_recorded_group_places_every_order_of_its_log() -> None:
    assert broken(with_depot(dealt={"": 30})) == {}
    words = schedule_of(with_depot(dealt={"": 31}))
    assert words == "culprit: client/depot: 31 orders were due, 30 were placed"


def test_a_schedule_that_is_not_over_is_found() -> None:
    words = schedule_of(with_web(over=False))
    assert words == "culprit: client/web: stopped before its last order was due"


@pytest.mark.parametrize("field", ["moments", "scheduled"])
@pytest.mark.parametrize("error", [-0.001, 0.001])
def test_orders_at_other_moments_than_were_dealt_are_found(field: str, error: float) -> None:
    words = schedule_of(with_web(**{field: getattr(WEB, field) + error}))
    assert words == (
        "culprit: client/web: orders were scheduled for other moments than they were due"
    )


@pytest.mark.parametrize("changes", [{"over": False}, {"moments": 9.0}, {"dealt": {"peak": 99}}])
def test_clients_that_were_told_to_stop_may_leave_orders_unplaced(
    changes: dict[str, object],
) -> None:
    assert broken(msgspec.structs.replace(with_web(**changes), halted=True)) == {}
    assert broken(with_web(**changes)) != {}


def test_clients_that_were_told_to_stop_still_have_all_they_placed_in_the_books() -> None:
    assert broken(msgspec.structs.replace(with_web(placed=61), halted=True)) != {}


def test_what_the_examiner_found_stands_before_what_the_groups_tell() -> None:
    examiner = examiner_with("schedule", "client/web-1: web-1-7 was placed too early")
    words = schedule_of(msgspec.structs.replace(with_web(over=False), examiner=examiner))
    assert words == (
        "culprit: client/web-1: web-1-7 was placed too early; "
        "client/web: stopped before its last order was due"
    )


# Who heard of which outcome.


def agreement_of(evidence: Evidence) -> str:
    """What is said against the outcomes, which is all that is broken."""
    found = broken(evidence)
    assert list(found) == ["outcomes agree"]
    return found["outcomes agree"]


@pytest.mark.parametrize("side", ["told", "booked"])
@pytest.mark.parametrize("outcome", [*OUTCOMES, "overloaded"])
def test_an_outcome_that_was_told_otherwise_than_it_was_booked_is_named(
    side: str, outcome: str
) -> None:
    changed = OUTCOMES | {outcome: OUTCOMES.get(outcome, 0) + 1}
    words = agreement_of(with_tellings(**{side: changed}))
    assert words.startswith(f"culprit: collector: {outcome}: the router told ")


def test_an_outcome_that_did_not_happen_may_be_left_out_or_counted_as_none() -> None:
    assert broken(with_tellings(told=OUTCOMES | {"overloaded": 0})) == {}
    assert broken(with_tellings(booked=OUTCOMES | {"overloaded": 0})) == {}


@pytest.mark.parametrize("answered", [noted(), noted(ANSWERED[0]), noted(*ANSWERED, ANSWERED[0])])
def test_a_client_that_waits_in_vain_or_is_answered_twice_is_found(answered: Answers) -> None:
    words = agreement_of(with_tellings(answered=answered))
    assert words == (f"culprit: router: 2 clients wait for an answer, {answered.count} had one")


@pytest.mark.parametrize(
    "other",
    [
        ("depot-1-2", "fulfilled", None),
        ("depot-1-2", "rejected", "failed"),
        ("depot-1-3", "rejected", "out_of_stock"),
    ],
)
def test_a_client_that_was_answered_otherwise_than_the_collector_was_told_is_found(
    other: tuple[str, str, str | None],
) -> None:
    answered = noted(ANSWERED[0], other)  # type: ignore[arg-type]
    words = agreement_of(with_tellings(answered=answered))
    assert words == ("culprit: router: clients were answered otherwise than the collector was told")


def test_who_joined_another_sending_is_answered_beside_those_in_the_books() -> None:
    thrice = noted(*ANSWERED, ANSWERED[0])
    assert broken(with_tellings(answered=thrice, repeated=1)) == {}
    words = agreement_of(with_tellings(repeated=1))
    assert words == "culprit: router: 3 clients wait for an answer, 2 had one"


def test_several_outcomes_that_disagree_are_named_up_to_three() -> None:
    told = {name: count + 1 for name, count in OUTCOMES.items()}
    words = agreement_of(with_tellings(told=told))
    assert [name in words for name in OUTCOMES] == [True, True, True, False]
