"""Streaming figures of all orders, by group and phase.

The collector hands over ended orders in bulk, so that times are added to samples by the
hundred. Each (group, phase) has a cell; groups, phases and the whole are merged from the cells
when somebody asks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from math import fsum
from typing import Literal

from actors.measure.result import Block, OrderCounts
from actors.measure.sample import ExactSum, Sample
from actors.messages import KINDS, REASONS, Kind, Place, Processed, Reason, Refused, Serve, Status

__all__ = ["Ended", "Metrics", "TimeMetric"]

TimeMetric = Literal["latency", "wait", "service"]

Ended = Processed | Refused


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
        self.unmeasured = ExactSum()  # seconds in the system of orders without a latency
        self.ends: Counter[int] = Counter()  # orders that ended, by segment of the timeline
        self.fresh = _Columns()

    def merge(self, other: _Cell) -> None:
        self.statuses.update(other.statuses)
        self.reasons.update(other.reasons)
        self.kinds.update(other.kinds)
        self.latency.merge(other.latency)
        self.wait.merge(other.wait)
        self.service.merge(other.service)
        self.queued += other.queued
        self.duplicates += other.duplicates
        self.unmeasured.extend(other.unmeasured.parts)
        self.ends.update(other.ends)

    @property
    def in_system(self) -> tuple[float, ...]:
        """The seconds that all ended orders spent in the system, as floats that add up to it."""
        return (*self.unmeasured.parts, *self.latency.parts)

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


class Metrics:
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
            self._settle(cell)

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
        cell.unmeasured.add(refused.finished - refused.place.scheduled)
        self.finish_times.add(refused.finished)
        cell.ends[bisect_right(self._bounds, refused.finished)] += 1

    def _take_processed(
        self, cell: _Cell, order: Processed, serve: Serve, scheduled: float
    ) -> None:
        finished, status, reason = order.finished, order.status, order.reason
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
        fresh.ends.append(finished)
        if scheduled >= self._warm_up:
            fresh.latency.append(finished - scheduled)
            fresh.wait.append(order.started - scheduled)
            fresh.service.append(order.busy)
            if serve.queued:
                fresh.queued += 1
        else:
            cell.unmeasured.add(finished - scheduled)

    def _settle(self, cell: _Cell) -> None:
        """Add what is fresh in a cell to its figures."""
        fresh, cell.fresh = cell.fresh, _Columns()
        cell.statuses["fulfilled"] += fresh.fulfilled
        cell.kinds["sale"] += fresh.sales
        cell.queued += fresh.queued
        cell.latency.extend(fresh.latency)
        cell.wait.extend(fresh.wait)
        cell.service.extend(fresh.service)
        self.finish_times.extend(fresh.ends)
        segment = bisect_right(self._bounds, min(fresh.ends))
        if segment == bisect_right(self._bounds, max(fresh.ends)):
            cell.ends[segment] += len(fresh.ends)
        else:
            cell.ends.update(map(partial(bisect_right, self._bounds), fresh.ends))

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
        return self._merged(None, None).in_system

    def quantile(
        self, metric: TimeMetric, q: float, group: str | None, phase: str | None
    ) -> float | None:
        """A quantile (`q` in 0..1) of a time in seconds; None without a sample."""
        sample: Sample = getattr(self._merged(group, phase), metric)
        return sample.quantile(q)

    def block(self, group: str | None, phase: str | None, now: float) -> Block:
        """The figures of a group, a phase, both, or (None, None) the whole, up to `now`."""
        cell = self._merged(group, phase)
        start, end = (0.0, now) if phase is None else self._windows[phase]
        length = min(end, now) - start
        measured = min(end, now) - max(start, self._warm_up)
        finished = self._ended_within(group, start, None if phase is None else end)
        return Block(
            orders=cell.counts(),
            latency_s=cell.latency.spread(),
            wait_s=cell.wait.spread(),
            service_s=cell.service.spread(),
            waited=cell.queued / cell.wait.count if cell.wait.count else None,
            throughput_per_s=finished / measured if measured > 0 else None,
            in_system_mean=fsum(cell.in_system) / length if length > 0 else None,
        )

    def _ended_within(self, group: str | None, start: float, end: float | None) -> int:
        """Orders of a group, of any phase, that ended in [start, end) and after the warm-up."""
        first = bisect_right(self._bounds, max(start, self._warm_up))
        beyond = len(self._bounds) + 1 if end is None else bisect_right(self._bounds, end)
        return sum(
            cell.ends[segment]
            for (in_group, _), cell in self._cells.items()
            if group in (None, in_group)
            for segment in range(first, beyond)
        )
