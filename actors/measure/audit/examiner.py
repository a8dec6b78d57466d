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

from actors.decisions.order_json import all_say, find_order, says
from actors.measure.answers import Answers
from actors.measure.audit.promises import Rules
from actors.measure.audit.shape import misshapen
from actors.measure.ledger import Ledger
from actors.messages import Order, Place, Processed, Refused, Serve
from actors.vocabulary.outcomes import Reason, Status

__all__ = ["Complaint", "Examiner", "Law"]

Law = Literal["shape", "content", "time", "line", "schedule"]

NAMED: Final = 3
WORD: Final = 2**61 - 1
NEVER: Final = float("-inf")
FOR_EVER: Final = float("inf")


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
        self.rules = rules
        self._single, self._exact, self._in_line = rules.single, rules.exact, rules.in_line
        self._since = rules.warm_up
        self._benches: dict[str, Bench] = {}
        self._conversations: dict[str, tuple[float, float]] = {}
        # Most orders are of the same group and phase as the one before: what those have to keep to.
        self._group = self._phase = ""
        self._window = self._from, self._until = NEVER, NEVER
        self._moments: list[float] = []
        self._copies = False
        self.copies = dict.fromkeys(rules.replayed, 0)  # checksums of what came of a log
        self._fresh: dict[str, list[float]] = {group: [] for group in rules.windows}
        self._scheduled = dict.fromkeys(rules.windows, 0.0)
        self.complaints: dict[Law, Complaint] = {}
        self.answers = Answers()
        self.latest = 0.0  # the last moment at which an order finished
        self.failed = 0  # orders that met a mistake
        self.queued = 0  # orders that had to wait, of those scheduled after the warm-up
        self._waits: list[float] = []
        self.waited = 0.0  # seconds after the warm-up in which orders waited
        self.kinds = {"return": 0, "restock": 0}

    def take(self, batch: Sequence[Processed | Refused]) -> None:
        """Take ended orders in bulk, in the order in which they ended."""
        self._ledger.ended(
            [ended.serve.place if isinstance(ended, Processed) else ended.place for ended in batch]
        )
        serves = [ended.serve for ended in batch if isinstance(ended, Processed)]
        orders = [serve.order for serve in serves]
        if [order.id for order in orders] != [serve.place.ref for serve in serves] or not all_say(
            [serve.place.body for serve in serves], orders
        ):
            self._look_at_contents(serves)
        for ended in batch:
            if isinstance(ended, Processed):
                self._processed(ended)
            else:
                self._refused(ended, ended.place)
        for group, moments in self._fresh.items():
            if moments:
                self._scheduled[group] += sum(moments)
                moments.clear()
        self.waited += sum(self._waits)
        self._waits.clear()

    def busy(self, processor: str) -> float:
        """The seconds after the warm-up in which a processor was busy with ended orders."""
        bench = self._benches.get(processor)
        return 0.0 if bench is None else bench.busy

    def scheduled(self, group: str) -> float:
        """The sum of the moments, in seconds, for which a group's ended orders were scheduled."""
        return self._scheduled[group]

    # One order.

    def _processed(self, done: Processed) -> None:
        """Most orders are as plain as can be: look closer at what is not."""
        serve = done.serve
        place, order, filled = serve.place, serve.order, done.filled
        lines = order.lines
        if (
            len(lines) != 1
            or len(filled) != 1
            or filled[0] != lines[0].quantity
            or done.status != "fulfilled"
            or done.reason is not None
            or done.short
            or order.kind != "sale"
        ):
            self._look_at_shape(done)
        scheduled, started, finished = place.scheduled, done.started, done.finished
        bench = self._benches.get(done.processor)
        if bench is None:
            bench = self._benches[done.processor] = Bench()
        if (
            self._single
            and started >= bench.finished
            and started >= scheduled >= self._since
            and finished - started == done.busy >= 0.0
            and serve.attempt > bench.attempt
            and order.priority == bench.priority
        ):
            bench.started, bench.finished, bench.attempt = started, finished, serve.attempt
            bench.busy += done.busy
        else:
            self._look_at_times(bench, done, serve, scheduled)
        if serve.queued:
            self._look_at_wait(scheduled, started)
        elif started != scheduled and self._exact:
            self._complain("line", f"router: {place.ref} waited, though a processor was free")
        if (
            self._from <= scheduled < self._until
            and place.phase is self._phase
            and place.group is self._group
            and not place.waits
        ):
            self._moments.append(scheduled)
            if finished > self.latest:
                self.latest = finished
        else:
            self._look_at_client(place, finished, done.status, done.reason)

    def _look_at_contents(self, serves: Sequence[Serve]) -> None:
        """Some order is not the canonical reading of its text: find those that are none at all."""
        for serve in serves:
            place = serve.place
            if not says(place.ref, place.body, serve.order):
                self._complain("content", f"router: {place.ref} was served as another order")

    def _look_at_times(self, bench: Bench, done: Processed, serve: Serve, scheduled: float) -> None:
        """Whether they come one after the other, and how long its processor was busy with it."""
        started, finished, busy = done.started, done.finished, done.busy
        if not scheduled <= started <= finished or busy < 0.0:
            self._complain("time", _times(done, serve.place.ref, scheduled))
        elif self._single:
            if busy == finished - started:
                self._look_at_bench(bench, done, serve, scheduled)
            elif busy > finished - started or self.rules.fulfilment != "backorder":
                # With backorders it may wait for stock while its processor is free for others.
                self._complain("time", _times(done, serve.place.ref, scheduled))
        since = self._since
        if started >= since:
            bench.busy += busy
        elif started + busy > since:
            bench.busy += started + busy - since

    def _look_at_shape(self, done: Processed) -> None:
        kind = done.serve.order.kind
        if kind != "sale":
            self.kinds[kind] += 1
        if done.reason == "failed" or (done.status == "partial" and kind != "sale"):
            self.failed += 1
        why = misshapen(done, self.rules.fulfilment)
        if why is not None:
            self._complain("shape", f"{done.processor}: {done.serve.place.ref} {why}")
        if done.reason == "failed" and not self._known(done.serve.order):
            words = f"{done.serve.place.ref} was passed on, and its product is unknown"
            self._complain("content", f"router: {words}")

    def _look_at_bench(self, bench: Bench, done: Processed, serve: Serve, scheduled: float) -> None:
        """Compare an order with the one that its processor served before."""
        started = done.started
        if started < bench.finished:
            words = f"{serve.place.ref} was taken before the last order was finished"
            self._complain("time", f"{done.processor}: {words}")
        attempt, priority = serve.attempt, serve.order.priority
        if self._in_line and (
            (attempt < bench.attempt and priority >= bench.priority)
            or (priority > bench.priority and self._exact and scheduled < bench.started)
        ):
            words = f"{serve.place.ref} was overtaken at {done.processor}"
            self._complain("line", f"router: {words}")
        bench.started, bench.finished = started, done.finished
        bench.attempt, bench.priority = attempt, priority

    def _look_at_wait(self, scheduled: float, started: float) -> None:
        """How long it stood in line, as far as that is measured."""
        since = self._since
        if scheduled >= since:
            self.queued += 1
            self._waits.append(started - scheduled)
        elif started > since:
            self._waits.append(started - since)

    def _look_at_client(
        self, place: Place, finished: float, status: Status, reason: Reason | None
    ) -> None:
        """Whether it was scheduled when its group's orders are, and its client had no other."""
        if finished > self.latest:
            self.latest = finished
        if place.waits:
            self.answers.note(place.ref, status, reason)
        scheduled = place.scheduled
        self._from, self._until = self._window
        if place.group is not self._group or place.phase is not self._phase:
            self._turn_to(place)
        self._moments.append(scheduled)
        if self._copies:
            self.copies[self._group] = (self.copies[self._group] + hash(place.body)) % WORD
        if not self._from <= scheduled < self._until:
            words = f"{place.ref} was scheduled for {scheduled:g} s, outside of its phase"
            self._complain("schedule", f"{place.sender}: {words}")
        if place.sender in self.rules.closed:
            self._look_at_conversation(place, finished)
        if self._copies or self.rules.closed:
            self._until = NEVER  # the next has to be looked at like this one

    def _turn_to(self, place: Place) -> None:
        """Find what the orders of another group or phase have to keep to."""
        group, phase, windows = place.group, place.phase, self.rules.windows
        self._window = self._from, self._until = NEVER, FOR_EVER
        self._group, self._phase = group, phase
        self._copies = group in self.copies
        if group not in windows:
            self._complain("schedule", f"{place.sender}: {place.ref} is of no known group")
            self._moments = []
            return
        self._moments = self._fresh[group]
        phases = windows[group]
        if phases is None or (not phase and (not phases or group in self.rules.replayed)):
            return
        if phase in phases:
            self._window = self._from, self._until = phases[phase]
        else:
            self._complain("schedule", f"{place.sender}: {place.ref} is of no known phase")

    def _look_at_conversation(self, place: Place, finished: float) -> None:
        """A client that waits for its answer has one order under way at a time."""
        sender = place.sender
        begun, ended = self._conversations.get(sender, (NEVER, NEVER))
        if not place.waits:
            self._complain("schedule", f"{sender}: {place.ref} asks for no answer")
        if begun < finished and place.scheduled < ended:
            self._complain("schedule", f"{sender}: {place.ref} was placed too early")
        self._conversations[sender] = (place.scheduled, finished)

    @property
    def silent(self) -> list[str]:
        """The clients that wait for answers and placed no order."""
        return sorted(self.rules.closed.difference(self._conversations))

    def _refused(self, refused: Refused, place: Place) -> None:
        order = refused.order
        if order is not None and order.kind != "sale":
            self.kinds[order.kind] += 1
        why = self._objection(refused, place)
        if why is not None:
            self._complain("content", f"router: {place.ref} was refused as {refused.reason}, {why}")
        if refused.finished < place.scheduled:
            self._complain("time", f"router: {place.ref} was refused before it was scheduled")
        if refused.reason == "failed":
            self.failed += 1
        self._look_at_client(place, refused.finished, "rejected", refused.reason)

    def _objection(self, refused: Refused, place: Place) -> str | None:
        """Why an order should not have been refused as it was."""
        order, reason = refused.order, refused.reason
        if reason in ("failed", "interrupted"):
            return None
        if reason == "invalid":
            found = find_order(place.body)
            return "and is valid" if found is not None and found.id == place.ref else None
        if order is None or not says(place.ref, place.body, order):
            return "and is another order"
        if reason == "unknown_product":
            return "and each of its products is known" if self._known(order) else None
        if reason == "overloaded":
            return None if self.rules.limited else "and there is no limit"
        return "which is not for a router to say"

    def _known(self, order: Order) -> bool:
        return all(line.sku in self.rules.catalogue for line in order.lines)

    def _complain(self, law: Law, words: str) -> None:
        complaint = self.complaints.get(law)
        if complaint is None:
            complaint = self.complaints[law] = Complaint()
        complaint.count += 1
        if len(complaint.cases) < NAMED:
            complaint.cases.append(words)


def _times(done: Processed, ref: str, scheduled: float) -> str:
    taken = f"taken at {done.started:g} s, finished at {done.finished:g} s"
    return f"{done.processor}: {ref} scheduled for {scheduled:g} s, {taken}, busy {done.busy:g} s"
