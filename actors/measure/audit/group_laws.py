"""Laws of groups: clients placed what was due, the books have it, and all heard the outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from actors.measure.audit.evidence import Evidence, GroupEvidence, Tellings
from actors.measure.audit.examiner import Examiner
from actors.measure.audit.words import NAMED, named
from actors.measure.result import Check

__all__ = ["outcomes_agree", "schedule"]


def schedule(evidence: Evidence) -> Check:
    """Clients placed what was due, when it was due, and the books have it under their name."""
    examined = evidence.examiner.complaints.get("schedule")
    cases = [] if examined is None else list(examined.cases)
    if not evidence.halted:
        cases += [f"{name}: placed no order" for name in evidence.silent]
    for group in evidence.groups:
        cases += _misplaced(group)
        if group.dealt is not None and not evidence.halted:
            cases += _off_schedule(group)
    if cases:
        detail = named(f"culprit: {cases[0]}", cases[1:NAMED])
        return Check(name="schedule kept", ok=False, detail=detail)
    detail = f"the orders of {len(evidence.groups):,} groups are those that were due"
    return Check(name="schedule kept", ok=True, detail=detail)


def _misplaced(group: GroupEvidence) -> Iterator[str]:
    """Orders that the books have under another group's name."""
    booked = sum(group.booked.values()) + group.duplicates
    if group.placed is not None and booked != group.placed:
        yield f"collector: {group.name}: {group.placed:,} placed, {booked:,} in the books"


def _off_schedule(group: GroupEvidence) -> Iterator[str]:
    """Orders too many, too few, or at another time than was dealt."""
    dealt = group.dealt or {}
    name = f"client/{group.name}"
    for phase in {**dealt, **group.booked}:
        due, placed = dealt.get(phase, 0), group.booked.get(phase, 0)
        if due != placed:
            where = f" in {phase}" if phase else ""
            yield f"{name}: {due:,} orders were due{where}, {placed:,} were placed"
    if not group.over:
        yield f"{name}: stopped before its last order was due"
    if not math.isclose(group.moments, group.scheduled, rel_tol=1e-9, abs_tol=1e-6):
        yield f"{name}: orders were scheduled for other moments than they were due"
    if group.copied != group.served:
        yield f"{name}: orders are others than in the log"


def outcomes_agree(evidence: Evidence) -> Check:
    """The books, the router and the clients that wait have heard the same outcomes."""
    tellings, heard = evidence.tellings, evidence.examiner.answers
    cases = list(_told_otherwise(tellings, evidence.examiner))
    expected = heard.count + tellings.repeated
    if tellings.answered.count != expected:
        cases.append(
            f"router: {expected:,} clients wait for an answer, {tellings.answered.count:,} had one"
        )
    elif not tellings.repeated and tellings.answered.checksum != heard.checksum:
        cases.append("router: clients were answered otherwise than the collector was told")
    if cases:
        detail = named(f"culprit: {cases[0]}", cases[1:NAMED])
        return Check(name="outcomes agree", ok=False, detail=detail)
    detail = f"the router, the books and {expected:,} waiting clients heard the same outcomes"
    return Check(name="outcomes agree", ok=True, detail=detail)


def _told_otherwise(tellings: Tellings, examiner: Examiner) -> Iterator[str]:
    for outcome in {**tellings.told, **tellings.booked}:
        told, booked = tellings.told.get(outcome, 0), tellings.booked.get(outcome, 0)
        if told != booked:
            yield f"collector: {outcome}: the router told {told:,}, the books have {booked:,}"
    invalid = tellings.booked.get("invalid", 0)
    if invalid != tellings.buried:
        yield f"collector: {invalid:,} orders are invalid, {tellings.buried:,} dead letters"
    for kind, count in examiner.kinds.items():
        if count != tellings.kinds.get(kind, 0):
            yield f"collector: {kind}: {count:,} ended, {tellings.kinds.get(kind, 0):,} booked"
    if examiner.queued != tellings.queued:
        yield f"collector: {examiner.queued:,} orders waited, {tellings.queued:,} are booked so"
