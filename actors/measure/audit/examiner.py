"""Looks at every order that has ended, and holds it to the laws that concern one order alone.

It is handed what the books are handed, before them: what it lets pass is what all figures are
made of. It keeps no orders, only the last of each processor and of each client that waits.

    shape     outcome, reason, and what was filled of each line agree, as fulfilment allows
    content   the order that was served is the one that its client wrote
    time      scheduled, taken and finished in this order; one order at a time at each processor
    line      nobody was overtaken by an order that came later and is no more urgent
    schedule  it was scheduled within its phase; a client that waits has one under way
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from actors.measure.answers import Answers
from actors.measure.audit.rules import Rules
from actors.measure.audit.shape import misshapen
from actors.measure.ledger import Ledger
from actors.measure.sample import ExactSum
from actors.messages import Place, Processed, Refused
from actors.orders import find_order, says

__all__ = ["Complaint", "Examiner", "Law"]

Law = Literal["shape", "content", "time", "line", "schedule"]

NAMED: Final = 3


class Complaint:
    """How often a law was broken, and the first few cases in words."""

    __slots__ = ("cases", "count")

    def __init__(self) -> None:
        self.count = 0
        self.cases: list[str] = []


class Bench:
    """One processor: the last order that it served to its end, and how long it was busy in all."""

    __slots__ = ("attempt", "busy", "finished", "priority", "started")

    def __init__(self) -> None:
        self.started = 0.0
        self.finished = 0.0
        self.attempt = 0
        self.priority = 0
        self.busy = 0.0


class Examiner:
    """Takes every ended order before the books do; see the module's text.

    Args:
        ledger: the book of open orders; each is struck.
        rules: what the scenario promises.
    """

    def __init__(self, ledger: Ledger, rules: Rules) -> None:
        self._ledger = ledger
        self._rules = rules
        self._windows = rules.windows
        self._benches: dict[str, Bench] = {}
        self._conversations: dict[str, tuple[float, float]] = {}
        self._scheduled: dict[str, ExactSum] = {group: ExactSum() for group in rules.windows}
        self._fresh: dict[str, list[float]] = {group: [] for group in rules.windows}
        self.complaints: dict[Law, Complaint] = {}
        self.answers = Answers()
        self.latest = 0.0  # the last moment at which an order finished
        self.failed = 0  # orders that met a mistake

    def take(self, batch: Sequence[Processed | Refused]) -> None:
        """Take ended orders in bulk, in the order in which they ended."""
        for ended in batch:
            if isinstance(ended, Processed):
                place = ended.serve.place
                self._ledger.ended(place)
                self._processed(ended, place)
            else:
                place = ended.place
                self._ledger.ended(place)
                self._refused(ended, place)
        for group, moments in self._fresh.items():
            if moments:
                self._scheduled[group].extend(moments)
                moments.clear()

    def busy(self, processor: str) -> float:
        """The seconds after the warm-up in which a processor was busy with ended orders."""
        bench = self._benches.get(processor)
        return 0.0 if bench is None else bench.busy

    def scheduled(self, group: str) -> tuple[float, float]:
        """The sum of the moments, in seconds, for which a group's ended orders were scheduled."""
        return self._scheduled[group].parts

    # One order.

    def _processed(self, done: Processed, place: Place) -> None:
        serve = done.serve
        order, filled, scheduled = serve.order, done.filled, place.scheduled
        lines = order.lines
        if (
            done.status != "fulfilled"
            or len(lines) != 1
            or len(filled) != 1
            or filled[0] != lines[0].quantity
            or done.reason is not None
            or done.short
        ):
            self._look_at_shape(done)
        if order.id != place.ref or not says(place.body, order):
            self._complain("content", f"router: {place.ref} was served as another order")
        started, finished, busy = done.started, done.finished, done.busy
        if not scheduled <= started <= finished or busy < 0.0:
            self._complain("time", f"{done.processor}: {place.ref} {_times(done, scheduled)}")
        elif self._rules.single:
            self._look_at_bench(done, place)
        self._measure(done.processor, started, busy)
        if place.waits:
            self.answers.note(place.ref, done.status, done.reason)
        self._scheduled_rightly(place, finished)

    def _measure(self, processor: str, started: float, busy: float) -> None:
        bench = self._benches.get(processor)
        if bench is None:
            bench = self._benches[processor] = Bench()
        since = self._rules.warm_up
        if started >= since:
            bench.busy += busy
        elif started + busy > since:
            bench.busy += started + busy - since

    def _look_at_shape(self, done: Processed) -> None:
        order = done.serve.order
        if done.reason == "failed" or (done.status == "partial" and order.kind != "sale"):
            self.failed += 1
        why = misshapen(done, self._rules.fulfilment)
        if why is not None:
            self._complain("shape", f"{done.processor}: {done.serve.place.ref} {why}")

    def _look_at_bench(self, done: Processed, place: Place) -> None:
        """Compare an order with the one that its processor served before."""
        started, finished = done.started, done.finished
        if done.busy != finished - started:
            # It waited for stock with its processor free for others, or its time is wrong.
            if self._rules.fulfilment != "backorder" or done.busy > finished - started:
                self._complain("time", f"{done.processor}: {place.ref} {_times(done, None)}")
            return
        bench = self._benches.get(done.processor)
        if bench is None:
            bench = self._benches[done.processor] = Bench()
        if started < bench.finished:
            words = f"{place.ref} was taken before the last order was finished"
            self._complain("time", f"{done.processor}: {words}")
        serve = done.serve
        attempt, priority = serve.attempt, serve.order.priority
        rules = self._rules
        if rules.exact and not serve.queued and started != place.scheduled:
            self._complain("line", f"router: {place.ref} waited, though a processor was free")
        if rules.in_line and (
            (attempt < bench.attempt and priority >= bench.priority)
            or (rules.exact and priority > bench.priority and place.scheduled < bench.started)
        ):
            self._complain("line", f"router: {place.ref} was overtaken at {done.processor}")
        bench.started, bench.finished = started, finished
        bench.attempt, bench.priority = attempt, priority

    def _scheduled_rightly(self, place: Place, finished: float) -> None:
        """Whether it was scheduled when its group's orders are, and its client had no other."""
        if finished > self.latest:
            self.latest = finished
        group, phase, scheduled = place.group, place.phase, place.scheduled
        if group not in self._windows:
            self._complain("schedule", f"{place.sender}: {place.ref} is of no known group")
            return
        self._fresh[group].append(scheduled)
        windows = self._windows[group]
        if windows is None:
            return
        window = windows.get(phase)
        if window is None:
            if phase or (windows and group not in self._rules.replayed):
                self._complain("schedule", f"{place.sender}: {place.ref} is of no known phase")
        elif not window[0] <= scheduled < window[1]:
            words = f"{place.ref} was scheduled for {scheduled:g} s, outside of its phase"
            self._complain("schedule", f"{place.sender}: {words}")
        if place.sender in self._rules.closed:
            self._look_at_conversation(place, finished)

    def _look_at_conversation(self, place: Place, finished: float) -> None:
        """A client that waits for its answer has one order under way at a time."""
        begun, ended = self._conversations.get(place.sender, (0.0, 0.0))
        if begun < finished and place.scheduled < ended:
            self._complain("schedule", f"{place.sender}: {place.ref} was placed too early")
        self._conversations[place.sender] = (place.scheduled, finished)

    def _refused(self, refused: Refused, place: Place) -> None:
        why = self._objection(refused, place)
        if why is not None:
            self._complain("content", f"router: {place.ref} was refused as {refused.reason}, {why}")
        if refused.finished < place.scheduled:
            self._complain("time", f"router: {place.ref} was refused before it was scheduled")
        if refused.reason == "failed":
            self.failed += 1
        if place.waits:
            self.answers.note(place.ref, "rejected", refused.reason)
        self._scheduled_rightly(place, refused.finished)

    def _objection(self, refused: Refused, place: Place) -> str | None:
        """Why an order should not have been refused as it was."""
        order, reason = refused.order, refused.reason
        if reason in ("failed", "interrupted"):
            return None
        if reason == "invalid":
            found = find_order(place.body)
            return "and is valid" if found is not None and found.id == place.ref else None
        if order is None or not says(place.body, order):
            return "and is another order"
        if reason == "unknown_product":
            known = all(line.sku in self._rules.catalogue for line in order.lines)
            return "and each of its products is known" if known else None
        if reason == "overloaded":
            return None if self._rules.limited else "and there is no limit"
        return "which is not for a router to say"

    def _complain(self, law: Law, words: str) -> None:
        complaint = self.complaints.get(law)
        if complaint is None:
            complaint = self.complaints[law] = Complaint()
        complaint.count += 1
        if len(complaint.cases) < NAMED:
            complaint.cases.append(words)


def _times(done: Processed, scheduled: float | None) -> str:
    placed = "" if scheduled is None else f"scheduled for {scheduled:g} s, "
    taken = f"taken at {done.started:g} s, finished at {done.finished:g} s"
    return f"{placed}{taken}, busy {done.busy:g} s"
