"""Streaming figures of all orders, by group and phase.

The collector hands over ended orders in bulk, so that times are added to samples by the
hundred. Each (group, phase) has a cell; groups, phases and the whole are merged from the cells
when somebody asks.

What is averaged over time is kept by segment of the timeline, whose edges are those of the
phases and the end of the warm-up. Whatever is measured begins with the warm-up's end; whatever
is counted is counted from the run's start.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from math import fsum, inf
from typing import Final, Literal, NamedTuple

from actors.measure.result import Block, OrderCounts
from actors.measure.sample import ExactSum, Sample
from actors.messages import Place, Processed, Refused, Serve
from actors.vocabulary.outcomes import KINDS, REASONS, Kind, Reason, Status

__all__ = ["Ended", "OrderStatistics", "TimeMetric"]

TimeMetric = Literal["latency", "wait", "service"]

Ended = Processed | Refused

FEW: Final = 128


class _Columns:
    """What a batch brings to a cell: the common case's counts, and times in seconds."""

    def __init__(self) -> None:
        self.fulfilled = 0
        self.sales = 0
        self.queued = 0
        self.ends: list[float] = []
        self.latency: list[float] = []  # from here on without the warm-up
        self.wait: list[float] = []
        self.service: list[float] = []


class _Stay:
    """Orders in one segment of the timeline: how many ended, and the seconds all were under way.

    What comes is added up by the hundred, and those sums are added without rounding.
    """

    __slots__ = ("_exact", "_few", "_sum", "ended")

    def __init__(self) -> None:
        self.ended = 0
        self._sum = 0.0
        self._few = 0
        self._exact = ExactSum()

    def add(self, seconds: float) -> None:
        """An order was under way for so long."""
        self._sum += seconds
        self._few += 1
        if self._few == FEW:
            self._exact.add(self._sum)
            self._sum, self._few = 0.0, 0

    @property
    def seconds(self) -> tuple[float, ...]:
        """The seconds that orders were under way, as floats that add up to it."""
        return (*self._exact.parts, self._sum)


class _Stretch(NamedTuple):
    """A part of the timeline that is measured: its segments, and its length in seconds."""

    segments: range
    length: float


class _Cell:
    """What is known of the orders of one group in one phase."""

    def __init__(self) -> None:
        self.statuses: Counter[Status] = Counter()
        self.reasons: Counter[Reason] = Counter()
        self.kinds: Counter[Kind] = Counter()
        self.latency = Sample()
        self.wait = Sample()
        self.service = Sample()
        self.queued = 0
        self.duplicates = 0
        self.stays: dict[int, _Stay] = {}  # by segment of the timeline
        self.fresh = _Columns()

    def stay(self, segment: int) -> _Stay:
        """What is known of orders in a segment."""
        found = self.stays.get(segment)
        if found is None:
            found = self.stays[segment] = _Stay()
        return found

    def merge(self, other: _Cell) -> None:
        self.statuses.update(other.statuses)
        self.reasons.update(other.reasons)
        self.kinds.update(other.kinds)
        self.latency.merge(other.latency)
        self.wait.merge(other.wait)
        self.service.merge(other.service)
        self.queued += other.queued
        self.duplicates += other.duplicates

    def counts(self) -> OrderCounts:
        by_reason = {r: self.reasons[r] for r in REASONS if self.reasons[r]}
        return OrderCounts(
            placed=self.statuses.total(),
            fulfilled=self.statuses["fulfilled"],
            partial=self.statuses["partial"],
            rejected=self.statuses["rejected"],
            rejected_by=by_reason,
            by_kind={k: self.kinds[k] for k in KINDS if self.kinds[k]},
            duplicates=self.duplicates,
        )


class OrderStatistics:
    """Figures over orders; see the module's text.

    Args:
        warm_up: seconds; times of orders scheduled before it are not in the statistics.
        windows: each phase's (start, end) in seconds.
    """

    def __init__(self, warm_up: float, windows: Mapping[str, tuple[float, float]]) -> None:
        self._warm_up = warm_up
        self._windows = dict(windows)
        # Segment i of the timeline is [bounds[i - 1], bounds[i]).
        self._bounds = sorted({warm_up, *(edge for pair in windows.values() for edge in pair)})
        self._segment = 0  # the one that is looked at, [from, until)
        self._from = self._until = inf
        self._cells: dict[tuple[str, str], _Cell] = {}
        self.finish_times = ExactSum()  # of every ended order, for Little's law

    def take(self, batch: Sequence[Ended]) -> None:
        """Take ended orders in bulk, in the order in which they ended."""
        touched: dict[tuple[str, str], _Cell] = {}
        for ended in batch:
            if isinstance(ended, Processed):
                serve = ended.serve
                place = serve.place
                key = (place.group, place.phase)
                cell = touched.get(key)
                if cell is None:
                    cell = touched[key] = self._cell(*key)
                self._take_processed(cell, ended, serve, place.scheduled)
            else:
                self._take_refused(self._cell(ended.place.group, ended.place.phase), ended)
        for cell in touched.values():
            self._fold(cell)

    def booked(self, group: str) -> tuple[dict[str, int], int]:
        """A group's ended orders, by phase, and its ids that came again."""
        cells = {phase: cell for (name, phase), cell in self._cells.items() if name == group}
        by_phase = {phase: cell.statuses.total() for phase, cell in cells.items()}
        return by_phase, sum(cell.duplicates for cell in cells.values())

    def outcomes(self) -> dict[str, int]:
        """How many orders ended how: by status, rejected ones by reason."""
        whole = self._merged(None, None)
        counts = {"fulfilled": whole.statuses["fulfilled"], "partial": whole.statuses["partial"]}
        return counts | {str(reason): count for reason, count in whole.reasons.items()}

    def kinds(self) -> dict[str, int]:
        """How many ended orders were of which kind."""
        return {str(kind): count for kind, count in self._merged(None, None).kinds.items()}

    def queued(self) -> int:
        """How many ended orders had to wait, of those scheduled after the warm-up."""
        return self._merged(None, None).queued

    def duplicate(self, place: Place) -> None:
        """Take note of an id that came again."""
        self._cell(place.group, place.phase).duplicates += 1

    def _cell(self, group: str, phase: str) -> _Cell:
        cell = self._cells.get((group, phase))
        if cell is None:
            cell = self._cells[group, phase] = _Cell()
        return cell

    def _take_refused(self, cell: _Cell, refused: Refused) -> None:
        cell.statuses["rejected"] += 1
        cell.reasons[refused.reason] += 1
        if refused.order is not None:
            cell.kinds[refused.order.kind] += 1
        self._stay(cell, refused.place.scheduled, refused.finished)
        self.finish_times.add(refused.finished)

    def _take_processed(
        self, cell: _Cell, order: Processed, serve: Serve, scheduled: float
    ) -> None:
        status, reason = order.status, order.reason
        fresh = cell.fresh
        if status == "fulfilled":
            fresh.fulfilled += 1
        else:
            cell.statuses[status] += 1
        if reason is not None:
            cell.reasons[reason] += 1
        kind = serve.order.kind
        if kind == "sale":
            fresh.sales += 1
        else:
            cell.kinds[kind] += 1
        finished = order.finished
        fresh.ends.append(finished)
        if scheduled >= self._warm_up:
            fresh.latency.append(finished - scheduled)
            fresh.wait.append(order.started - scheduled)
            fresh.service.append(order.busy)
            if serve.queued:
                fresh.queued += 1
        if scheduled < self._from or finished >= self._until:
            self._turn_to(finished)
        self._stay(cell, scheduled, finished)

    def _turn_to(self, moment: float) -> None:
        """Look at the segment of the timeline in which a moment lies: most orders end there."""
        bounds = self._bounds
        segment = self._segment = bisect_right(bounds, moment)
        self._from = bounds[segment - 1] if segment else -inf
        self._until = bounds[segment] if segment < len(bounds) else inf

    def _fold(self, cell: _Cell) -> None:
        """Add what is fresh in a cell to its figures."""
        fresh, cell.fresh = cell.fresh, _Columns()
        cell.statuses["fulfilled"] += fresh.fulfilled
        cell.kinds["sale"] += fresh.sales
        cell.queued += fresh.queued
        cell.latency.extend(fresh.latency)
        cell.wait.extend(fresh.wait)
        cell.service.extend(fresh.service)
        self.finish_times.extend(fresh.ends)

    def _stay(self, cell: _Cell, scheduled: float, finished: float) -> None:
        """Share out the time that an order was under way among the timeline's segments."""
        if scheduled >= self._from and finished < self._until:
            stay = cell.stay(self._segment)
        else:
            bounds = self._bounds
            segment = bisect_right(bounds, scheduled)
            while segment < len(bounds) and bounds[segment] <= finished:
                cell.stay(segment).add(bounds[segment] - scheduled)
                scheduled = bounds[segment]
                segment += 1
            stay = cell.stay(segment)
        stay.ended += 1
        stay.add(finished - scheduled)

    def _merged(self, group: str | None, phase: str | None) -> _Cell:
        """What is asked for as one cell, to be read only: where a single one has it all, that."""
        cells = [
            cell
            for (in_group, in_phase), cell in self._cells.items()
            if group in (None, in_group) and phase in (None, in_phase)
        ]
        if len(cells) == 1:
            return cells[0]
        whole = _Cell()
        for cell in cells:
            whole.merge(cell)
        return whole

    def total_in_system(self) -> tuple[float, ...]:
        """Seconds that all ended orders spent in the system, as floats that add up to it."""
        return tuple(
            part
            for cell in self._cells.values()
            for stay in cell.stays.values()
            for part in stay.seconds
        )

    def quantile(
        self, metric: TimeMetric, q: float, group: str | None, phase: str | None
    ) -> float | None:
        """A quantile (`q` in 0..1) of a time in seconds; None without a sample."""
        sample: Sample = getattr(self._merged(group, phase), metric)
        return sample.quantile(q)

    def block(self, group: str | None, phase: str | None, now: float) -> Block:
        """The figures of a group, a phase, both, or (None, None) the whole, up to `now`."""
        cell = self._merged(group, phase)
        stretch = self._measured(phase, now)
        return Block(
            orders=cell.counts(),
            latency_s=cell.latency.spread(),
            wait_s=cell.wait.spread(),
            service_s=cell.service.spread(),
            waited=cell.queued / cell.wait.count if cell.wait.count else None,
            throughput_per_s=self._ended_within(group, stretch),
            in_system_mean=self._under_way_within(group, stretch),
        )

    def _measured(self, phase: str | None, now: float) -> _Stretch:
        """The part of a phase, or of the run, that is after the warm-up and not after `now`."""
        start, end = (0.0, None) if phase is None else self._windows[phase]
        start = max(start, self._warm_up)
        first = bisect_right(self._bounds, start)
        beyond = len(self._bounds) + 1 if end is None else bisect_right(self._bounds, end)
        return _Stretch(range(first, beyond), (now if end is None else min(end, now)) - start)

    def _of_group(self, group: str | None) -> list[_Cell]:
        """The cells of a group, or of all, whatever the phase of their orders."""
        return [cell for (name, _), cell in self._cells.items() if group in (None, name)]

    def _ended_within(self, group: str | None, stretch: _Stretch) -> float | None:
        """Orders of a group that ended then, a second."""
        if stretch.length <= 0:
            return None
        cells = self._of_group(group)
        stays = [cell.stays.get(segment) for cell in cells for segment in stretch.segments]
        return sum([stay.ended for stay in stays if stay is not None]) / stretch.length

    def _under_way_within(self, group: str | None, stretch: _Stretch) -> float | None:
        """Orders of a group that were under way then, on average over time."""
        if stretch.length <= 0:
            return None
        seconds = [
            part
            for cell in self._of_group(group)
            for segment in stretch.segments
            if segment in cell.stays
            for part in cell.stays[segment].seconds
        ]
        return fsum(seconds) / stretch.length
