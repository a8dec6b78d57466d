"""Laws of single orders and of servers: what the examiner found, and what else there is to see."""

from __future__ import annotations

import math

import pytest
from sound_run import SERVER, broken, examiner_with, with_

from actors.measure.audit import ServerEvidence
from actors.measure.audit.examiner import Law

NAMES: dict[Law, str] = {
    "shape": "outcomes fit",
    "content": "orders unchanged",
    "time": "times in order",
    "line": "line kept",
    "schedule": "schedule kept",
}


@pytest.mark.parametrize(("law", "name"), NAMES.items())
def test_what_the_examiner_found_breaks_its_law_and_no_other(law: Law, name: str) -> None:
    found = broken(with_(examiner=examiner_with(law, "router: web-1-7 was overtaken")))
    assert found == {name: "culprit: router: web-1-7 was overtaken"}


@pytest.mark.parametrize("law", ["shape", "content", "time", "line"])
def test_of_many_cases_the_first_are_named_and_all_are_counted(law: Law) -> None:
    examiner = examiner_with(law, "a: one", "b: two", "c: three", count=1_200)
    detail = broken(with_(examiner=examiner))[NAMES[law]]
    assert detail == "culprit: a: one; b: two; c: three; 1,200 in all"


# Outcomes.


def test_an_order_that_failed_needs_something_that_crashed() -> None:
    found = broken(with_(examiner=examiner_with(failed=2)))
    assert found == {"outcomes fit": "culprit: 2 orders failed, and nothing crashed"}
    assert broken(with_(examiner=examiner_with(failed=2), crashes=1)) == {}
    assert broken(with_(crashes=1)) == {}  # not every crash meets an order


# Times.


def test_an_order_that_finished_after_the_runs_end_is_found() -> None:
    assert broken(with_(now=59.0)) == {
        "times in order": "culprit: an order finished at 59.5 s, after the run's end at 59 s"
    }
    assert broken(with_(now=59.5)) == {}


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (ServerEvidence("processor/2", 60.1, 60.1, 60.0), "processor/2: busy 60.1 of 60 s"),
        (ServerEvidence("inventory/A", 61.0, None, 60.0), "inventory/A: busy 61 of 60 s"),
        (ServerEvidence("inventory/A", -1.0, None, 60.0), "inventory/A: busy -1 of 60 s"),
        (
            ServerEvidence("processor/2", 30.0, 29.0, 60.0),
            "processor/2: busy 30 s, with orders for 29 s",
        ),
        (
            ServerEvidence("processor/2", 0.0, 1.0, 60.0),
            "processor/2: busy 0 s, with orders for 1 s",
        ),
        (
            ServerEvidence("processor/2", 30.0, math.nan, 60.0),
            "processor/2: busy 30 s, with orders for nan s",
        ),
    ],
)
def test_a_server_that_was_busy_otherwise_than_could_be_is_named(
    server: ServerEvidence, words: str
) -> None:
    assert broken(with_(servers=[SERVER, server])) == {"times in order": f"culprit: {words}"}


@pytest.mark.parametrize(
    "server",
    [
        ServerEvidence("processor/2", 60.0, 60.0, 60.0),
        ServerEvidence("processor/2", 60.00000001, 60.0, 60.0),  # sums of many are rounded
        ServerEvidence("processor/2", 30.0, 30.0000005, 60.0),
        ServerEvidence("processor/2", 0.0, 0.0, 0.0),
        ServerEvidence("inventory/A", 60.0, None, 60.0),
    ],
)
def test_a_server_may_be_busy_all_the_time_and_rounding_is_forgiven(server: ServerEvidence) -> None:
    assert broken(with_(servers=[server])) == {}


def test_a_server_that_is_twice_wrong_is_named_twice() -> None:
    twice = ServerEvidence("processor/2", 61.0, 30.0, 60.0)
    detail = broken(with_(servers=[twice]))["times in order"]
    assert detail.endswith("; 2 in all")


# The line.


def test_more_orders_in_line_than_may_wait_are_found() -> None:
    assert broken(with_(queue_max=6)) == {
        "line kept": "culprit: router: 6 orders waited, where 5 may"
    }
    assert broken(with_(queue_max=1, queue_limit=0)) != {}


@pytest.mark.parametrize(("most", "limit"), [(5, 5), (6, None), (0, 0)])
def test_as_many_may_wait_as_the_limit_says_and_any_number_without_one(
    most: int, limit: int | None
) -> None:
    assert broken(with_(queue_max=most, queue_limit=limit)) == {}
