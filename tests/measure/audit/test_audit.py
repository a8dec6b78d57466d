"""Which laws are asked of which run; each law has tests of its own beside this."""

from __future__ import annotations

import msgspec
import pytest
from sound_run import EVIDENCE, LAWS, STOCK, broken, examiner_with, noted, with_, with_flow

from actors.measure.audit import Evidence, OrderFlow, Tellings, audit
from actors.measure.result import MessageCounts


def asked(evidence: Evidence) -> list[str]:
    return [check.name for check in audit(evidence).checks]


def test_every_law_is_checked_and_holds_for_a_sound_run() -> None:
    report = audit(EVIDENCE)
    assert report.ok
    assert [check.name for check in report.checks] == LAWS


def test_a_run_without_orders_is_sound() -> None:
    examiner = examiner_with()
    examiner.answers = noted()
    examiner.kinds, examiner.queued, examiner.waited = {}, 0, 0.0
    empty = with_(
        flow=OrderFlow(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        stock=[],
        groups=[],
        servers=[],
        tellings=Tellings({}, {}, noted(), 0, 0, {}, 0),
        examiner=examiner,
        queue_area=0.0,
        messages=MessageCounts(sent=0, handled=0, dead_lettered=0),
        scheduled_sum=(),
        finished_sum=(),
        in_system_sum=(),
    )
    assert audit(empty).ok
    assert asked(empty) == LAWS


def test_littles_law_is_only_asked_of_a_run_that_ends_empty() -> None:
    assert asked(with_(open_orders=["web-1-7"])) == LAWS[:-1]


def test_demand_is_not_explained_where_orders_met_a_mistake() -> None:
    # An order that failed was neither sold nor short, though it asked.
    failed = with_(examiner=examiner_with(failed=1), crashes=1)
    assert asked(failed) == [law for law in LAWS if law != "demand explained"]
    assert audit(failed).ok


def test_a_run_that_was_cut_is_only_asked_what_must_hold_at_any_moment() -> None:
    report = audit(
        msgspec.structs.replace(
            with_flow(recorded=1), cut=True, stock=[msgspec.structs.replace(STOCK, reserved=3)]
        )
    )
    assert report.ok
    assert [check.name for check in report.checks] == LAWS[:8]


@pytest.mark.parametrize("law", ["shape", "content", "time", "line"])
def test_single_orders_are_held_to_their_laws_in_a_run_that_was_cut_too(law: str) -> None:
    examiner = examiner_with(law, "somebody: something")  # type: ignore[arg-type]
    assert len(broken(with_(cut=True, examiner=examiner))) == 1


def test_a_broken_law_breaks_the_report() -> None:
    assert not audit(with_(duplicated=1)).ok
