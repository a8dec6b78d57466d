"""Laws of single orders, as the examiner found them kept or broken, and of what servers say."""

from __future__ import annotations

import math
from collections.abc import Iterator

from actors.measure.audit.evidence import Evidence, ServerEvidence
from actors.measure.audit.examiner import Law
from actors.measure.audit.words import NAMED, named
from actors.measure.result import Check

__all__ = ["content", "line", "shape", "time"]

SLACK = 1e-9


def shape(evidence: Evidence) -> Check:
    """Outcome, reason and filled units of every order fit together."""
    more = []
    examiner = evidence.examiner
    if examiner.failed and not (evidence.crashes or examiner.rules.may_fail):
        more.append(f"{examiner.failed:,} orders failed, and nothing crashed")
    law = "outcome, reason and units of each order fit together"
    return _examined(evidence, "outcomes fit", "shape", law, more)


def content(evidence: Evidence) -> Check:
    """Every order was served, or refused, as its client wrote it."""
    law = "each was served or refused as its client wrote it"
    return _examined(evidence, "orders unchanged", "content", law, [])


def time(evidence: Evidence) -> Check:
    """No order and no server took time that was not there."""
    more = [words for server in evidence.servers for words in _overworked(server)]
    latest, now = evidence.examiner.latest, evidence.now
    if latest > now:
        more.append(f"an order finished at {latest:g} s, after the run's end at {now:g} s")
    law = "scheduled, taken, finished, in this order; no server was busy twice at once"
    return _examined(evidence, "times in order", "time", law, more)


def line(evidence: Evidence) -> Check:
    """Orders were served by priority and age, no more waited than may, and the line is theirs."""
    more = []
    limit, most = evidence.queue_limit, evidence.queue_max
    if limit is not None and most > limit:
        more.append(f"router: {most:,} orders waited, where {limit:,} may")
    area, waited = evidence.queue_area, evidence.examiner.waited
    if area is not None and not math.isclose(area, waited, rel_tol=SLACK, abs_tol=1e-6):
        more.append(f"router: {area:g} s of waiting in its line, {waited:g} s of its orders")
    law = "nobody was overtaken by a later order that was no more urgent"
    return _examined(evidence, "line kept", "line", law, more)


def _overworked(server: ServerEvidence) -> Iterator[str]:
    """What is wrong with a server's own word, in words."""
    name, busy, heard, span = server.name, server.busy, server.heard, server.span
    if not -SLACK <= busy <= span * (1 + SLACK) + SLACK:
        yield f"{name}: busy {busy:g} of {span:g} s"
    if heard is not None and not math.isclose(busy, heard, rel_tol=SLACK, abs_tol=1e-6):
        yield f"{name}: busy {busy:g} s, with orders for {heard:g} s"


def _examined(evidence: Evidence, name: str, law: Law, kept: str, more: list[str]) -> Check:
    complaint = evidence.examiner.complaints.get(law)
    cases = more if complaint is None else [*complaint.cases, *more]
    if not cases:
        return Check(name=name, ok=True, detail=f"{kept}, for {evidence.flow.booked:,} orders")
    count = len(more) + (0 if complaint is None else complaint.count)
    detail = named(f"culprit: {cases[0]}", cases[1:NAMED])
    return Check(name=name, ok=False, detail=f"{detail}; {count:,} in all" if count > 1 else detail)
