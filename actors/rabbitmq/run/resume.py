"""Places again what a previous start of a run had done and this one did not come to.

A client that waits for answers orders when they come: at a second start it may not get as far
as at the first. What it did then has had its effect on stock, and belongs to the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from actors.client import Client
from actors.decisions.order_json import encode_order
from actors.messages import Halt, Luck, Message
from actors.rabbitmq.both.wire import Job
from actors.runtime.actor import receives

__all__ = ["PlaceAgain", "ResumingClient"]


class PlaceAgain(Message, frozen=True):
    """Orders that have had their effect and that no client has placed."""

    jobs: Sequence[Job]


class ResumingClient(Client[Halt | PlaceAgain]):
    """Stands for the clients of a previous start; it waits for no answer."""

    @receives(PlaceAgain)
    def place_again(self, again: PlaceAgain) -> None:
        """Place the orders, each as it was, for the same moment, group and phase."""
        for job in again.jobs:
            self.group = job.group
            order = job.order
            self.send(
                order.id,
                encode_order(order),
                min(job.scheduled, self.now),  # this start may not have come so far
                job.phase,
                luck=Luck(*job.luck),
            )
