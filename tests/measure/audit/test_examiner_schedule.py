"""What the examiner says of the moments at which clients placed their orders."""

from __future__ import annotations

import math

import pytest
from one_order import Looking, complaints, done, examined, placed, refused

from actors.messages import Place, Processed, Reason, Refused

Ended = Processed | Refused


def ended(place: Place, reason: Reason | None, finished: float | None = None) -> Ended:
    """The order served at once, or refused."""
    end = place.scheduled if finished is None else finished
    if reason is not None:
        return refused(place, reason, end)
    return done(place, place.scheduled, end)


@pytest.mark.parametrize("reason", [None, "failed"])
@pytest.mark.parametrize(
    ("group", "phase", "at", "words"),
    [
        ("nobody", "opening", 1.0, "is of no known group"),
        ("web", "night", 1.0, "is of no known phase"),
        ("web", "", 1.0, "is of no known phase"),
        ("log", "peak", 1.0, "is of no known phase"),
        ("free", "opening", 1.0, "is of no known phase"),
        ("web", "peak", 9.5, "was scheduled for 9.5 s, outside of its phase"),
        ("web", "opening", 10.0, "was scheduled for 10 s, outside of its phase"),
        ("web", "peak", 20.0, "was scheduled for 20 s, outside of its phase"),
        ("web", "opening", -1.0, "was scheduled for -1 s, outside of its phase"),
        ("web", "opening", math.nan, "was scheduled for nan s, outside of its phase"),
        ("log", "opening", 10.0, "was scheduled for 10 s, outside of its phase"),
    ],
)
def test_an_order_that_was_scheduled_when_its_group_has_none_is_found(
    group: str, phase: str, at: float, words: str, reason: Reason | None
) -> None:
    found = examined(ended(placed(at=at, group=group, phase=phase), reason))
    assert found["schedule"] == [f"client/web-1: web-1-1 {words}"]


@pytest.mark.parametrize("reason", [None, "failed"])
@pytest.mark.parametrize(
    ("group", "phase", "at"),
    [
        ("web", "opening", 0.0),
        ("web", "opening", math.nextafter(10.0, 0.0)),
        ("web", "peak", 10.0),
        ("log", "opening", 5.0),
        ("log", "", 99.0),  # a log goes on after its phases
        ("free", "", 99.0),
    ],
)
def test_an_order_that_was_scheduled_within_its_phase_is_let_pass(
    group: str, phase: str, at: float, reason: Reason | None
) -> None:
    assert examined(ended(placed(at=at, group=group, phase=phase), reason)) == {}


# Clients that wait for their answers.


def conversation(*times: tuple[float, float], sender: str = "client/shop-1") -> list[Ended]:
    """A client's orders, each placed and ended at these moments, at as many processors."""
    return [
        done(
            placed(f"o-{number}", placed_at, sender=sender, group="shop", waits=True),
            placed_at,
            end,
            processor=f"processor/of-{sender}-{number}",
        )
        for number, (placed_at, end) in enumerate(times)
    ]


@pytest.mark.parametrize(
    "times",
    [
        [(0.0, 4.0), (3.0, 5.0)],
        [(3.0, 5.0), (0.0, 6.0)],  # the first one ended last
        [(0.0, 4.0), (0.0, 5.0)],
        [(0.0, 1.0), (2.0, 4.0), (3.9, 6.0)],
    ],
)
def test_a_client_that_waits_and_has_two_orders_under_way_is_found(
    times: list[tuple[float, float]],
) -> None:
    last = len(times) - 1
    assert examined(*conversation(*times)) == {
        "schedule": [f"client/shop-1: o-{last} was placed too early"]
    }


@pytest.mark.parametrize(
    "times",
    [
        [(0.0, 4.0), (4.0, 5.0), (6.0, 7.0)],  # no thinking, and some
        [(1.0, 1.0), (1.0, 1.0), (1.0, 3.0)],  # answered in no time
        [(0.0, 0.0), (0.0, 2.0)],
        [(5.0, 7.0), (3.0, 5.0)],  # told the other way round
    ],
)
def test_a_client_that_waits_may_order_again_once_it_is_answered(
    times: list[tuple[float, float]],
) -> None:
    assert examined(*conversation(*times)) == {}


def test_two_clients_that_wait_do_not_wait_for_one_another() -> None:
    second = conversation((1.0, 5.0), sender="client/shop-2")
    assert examined(*conversation((0.0, 4.0)), *second) == {}


def test_a_client_that_does_not_wait_may_have_many_orders_under_way() -> None:
    assert examined(*conversation((0.0, 4.0), (1.0, 5.0), sender="client/shop-9")) == {}


def test_a_refusal_is_an_answer_too() -> None:
    def asked(ref: str, at: float, ended: float) -> Refused:
        place = placed(ref, at, sender="client/shop-1", group="shop", waits=True)
        return refused(place, "failed", ended)

    assert list(examined(asked("a", 1.0, 3.0), asked("b", 2.0, 4.0))) == ["schedule"]
    assert examined(asked("a", 1.0, 3.0), asked("b", 3.0, 4.0)) == {}


def test_a_conversation_goes_on_from_batch_to_batch() -> None:
    first, second = conversation((0.0, 4.0), (3.0, 5.0))
    assert list(complaints(Looking().hear(first).hear(second))) == ["schedule"]


# What is measured.


def test_the_moments_of_a_group_add_up_over_all_that_ended() -> None:
    examiner = Looking().hear(
        done(placed("a", 1.0), 1.0, 2.0), refused(placed("b", 2.5), "failed", 2.5)
    )
    examiner.hear(done(placed("c", 4.0), 4.0, 5.0))
    assert examiner.scheduled("web") == 7.5
    assert examiner.scheduled("shop") == 0.0


def test_moments_add_up_without_drift() -> None:
    tenths = [refused(placed(str(number), 0.1), "failed") for number in range(3_000)]
    examiner = Looking()
    for tenth in tenths:
        examiner.hear(tenth)
    assert examiner.scheduled("web") == pytest.approx(math.fsum([0.1] * 3_000), rel=1e-15)


def test_an_order_of_no_known_group_is_in_no_groups_sum() -> None:
    examiner = Looking().hear(refused(placed("a", 1.0, group="nobody"), "failed"))
    assert examiner.scheduled("web") == 0.0


def test_the_latest_moment_is_that_at_which_the_last_order_ended() -> None:
    examiner = Looking()
    assert examiner.latest == 0.0
    examiner.hear(done(placed("a"), 0.0, 3.0), refused(placed("b"), "failed", 2.0))
    assert examiner.latest == 3.0
    examiner.hear(refused(placed("c", group="nobody"), "failed", 7.0))
    assert examiner.latest == 7.0
