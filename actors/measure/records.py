"""Every processed order as a line of JSON: the `--orders` file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import msgspec

from actors.measure.order_statistics import Ended
from actors.messages import Processed, Refused
from actors.vocabulary.outcomes import Kind, Reason, Status

__all__ = ["OrderRecord", "RecordedLine", "Records", "record_of"]


class RecordedLine(msgspec.Struct, frozen=True, gc=False):
    """One line of an ended order: `filled` units of `quantity` were sold or added."""

    sku: str
    quantity: int
    filled: int


class OrderRecord(msgspec.Struct, frozen=True, gc=False):
    """One ended order; times are seconds since the run began, None where it never got there."""

    id: str
    client: str
    group: str
    phase: str | None
    kind: Kind | None
    priority: int | None
    placed_s: float
    started_s: float | None
    finished_s: float
    outcome: Status
    reason: Reason | None
    short_sku: str | None
    processor: str | None
    lines: tuple[RecordedLine, ...]


def record_of(ended: Ended) -> OrderRecord:
    """The record of an order that a processor finished or the router refused."""
    return _of_processed(ended) if isinstance(ended, Processed) else _of_refused(ended)


def _of_processed(done: Processed) -> OrderRecord:
    order, place = done.serve.order, done.serve.place
    return OrderRecord(
        id=order.id,
        client=order.client,
        group=place.group,
        phase=place.phase or None,
        kind=order.kind,
        priority=order.priority,
        placed_s=place.scheduled,
        started_s=done.started,
        finished_s=done.finished,
        outcome=done.status,
        reason=done.reason,
        short_sku=done.short[0] if done.short else None,
        processor=done.processor,
        lines=tuple(
            RecordedLine(line.sku, line.quantity, filled)
            for line, filled in zip(order.lines, done.filled, strict=True)
        ),
    )


def _of_refused(refused: Refused) -> OrderRecord:
    order, place = refused.order, refused.place
    lines = () if order is None else order.lines
    return OrderRecord(
        id=place.ref,
        client=place.sender.removeprefix("client/") if order is None else order.client,
        group=place.group,
        phase=place.phase or None,
        kind=None if order is None else order.kind,
        priority=None if order is None else order.priority,
        placed_s=place.scheduled,
        started_s=None,
        finished_s=refused.finished,
        outcome="rejected",
        reason=refused.reason,
        short_sku=None,
        processor=None,
        lines=tuple(RecordedLine(line.sku, line.quantity, 0) for line in lines),
    )


class Records:
    """Streams order records to a file that the caller opened and will close.

    A full disk must not disturb the actors: the first failure ends the writing and stays in
    `failure` for whoever asks at the end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()
        self.failure: OSError | None = None

    def take(self, batch: Sequence[Ended]) -> None:
        """Write ended orders in bulk."""
        if self.failure is not None:
            return
        try:
            self._file.write(self._encoder.encode_lines([record_of(ended) for ended in batch]))
        except OSError as error:
            self.failure = error
