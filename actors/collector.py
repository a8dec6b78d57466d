"""5. The collector: accumulates processed orders, the end of every order's way.

It keeps figures, not orders: memory stays flat however many pass. Ended orders are handed on
in batches to whoever counts or writes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from actors.measure.journal import EventKind
from actors.measure.ledger import Ledger
from actors.measure.order_statistics import Ended, OrderStatistics
from actors.measure.result import DeadLetter
from actors.measure.sample import ExactSum
from actors.messages import Duplicate, Processed, Refused
from actors.runtime.actor import Actor, receives

__all__ = ["BULK", "Collector", "Sink"]

Sink = Callable[[Sequence[Ended]], None]

BULK: Final = 128  # small enough to stay in the processor's cache
REASONS_KEPT: Final = 50


class Collector(Actor[Processed | Refused | Duplicate]):
    """Takes every ended order.

    Args:
        ledger: the audit's book of open orders; takes note of ids that came again.
        metrics: takes note of ids that came again.
        sinks: take ended orders in bulk, in the order in which they ended.
        bulk: how many at a time.
    """

    def __init__(
        self, ledger: Ledger, metrics: OrderStatistics, sinks: Sequence[Sink], bulk: int = BULK
    ) -> None:
        super().__init__()
        self._ledger = ledger
        self._metrics = metrics
        self._sinks = tuple(sinks)
        self._bulk = bulk
        self._batch: list[Ended] = []
        self._why: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._duplicates_scheduled = ExactSum()
        self.recorded = 0

    @receives(Processed)
    def processed(self, done: Processed) -> None:
        """Take an order that a processor finished."""
        self._take(done)
        if self.watched:
            self._note_processed(done)

    @receives(Refused)
    def refused(self, refused: Refused) -> None:
        """Take an order that no processor saw; one that is no order at all is a dead letter."""
        self._take(refused)
        if refused.reason == "invalid":
            self._bury(refused)
        if self.watched:
            kind: EventKind = "dead_letter" if refused.reason == "invalid" else "rejected"
            self.note(kind, refused.place.ref, f"{refused.reason} {refused.detail}")

    @receives(Duplicate)
    def duplicate(self, duplicate: Duplicate) -> None:
        """Take note of an id that came again; its first sending has the outcome."""
        self._ledger.joined(duplicate.place)
        self._metrics.duplicate(duplicate.place)
        self._duplicates_scheduled.add(duplicate.place.scheduled)
        if self.watched:
            self.note("duplicate", duplicate.place.ref, "was seen before")

    @property
    def duplicates_scheduled(self) -> float:
        """The sum of the moments, in seconds, for which repeated ids were scheduled."""
        return self._duplicates_scheduled.value

    def _take(self, ended: Ended) -> None:
        self.recorded += 1
        self._batch.append(ended)
        if len(self._batch) >= self._bulk:
            self.hand_on()

    def hand_on(self) -> None:
        """Hand on what has been taken since the last time."""
        batch, self._batch = self._batch, []
        for sink in self._sinks:
            sink(batch)

    def _note_processed(self, done: Processed) -> None:
        words = [word for word in (done.reason, *done.short[:1]) if word is not None] or [
            f"{_count(len(done.filled), 'line')}, {_count(sum(done.filled), 'unit')}"
        ]
        self.note(done.status, done.serve.order.id, " ".join(words))

    def _bury(self, refused: Refused) -> None:
        """Count a dead letter by its reason; past a bound, reasons share one entry."""
        why = refused.detail
        if why not in self._examples:
            if len(self._examples) >= REASONS_KEPT:
                why = "other reasons"
            self._examples.setdefault(why, refused.place.ref)
        self._why[why] += 1

    def dead_letters(self) -> tuple[DeadLetter, ...]:
        """The invalid orders by reason, the most frequent first."""
        return tuple(
            DeadLetter(why=why, count=count, example=self._examples[why])
            for why, count in self._why.most_common()
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
