"""What the audit looks at: the same things as different actors tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from actors.measure.answers import Answers
from actors.measure.audit.examiner import Examiner
from actors.measure.result import MessageCounts
from actors.vocabulary.outcomes import Fulfilment

__all__ = ["Evidence", "GroupEvidence", "OrderFlow", "ServerEvidence", "StockEvidence", "Tellings"]


class StockEvidence(msgspec.Struct, frozen=True):
    """One product, in units: the inventory's own word, and the collector's (`heard_`)."""

    sku: str
    planned: int  # on the shelf at the start, as the scenario says
    initial: int
    sold: int
    returned: int
    restocked: int
    final: int
    reserved: int
    lowest: int
    heard_sold: int
    heard_returned: int
    heard_restocked: int
    heard_asked: int
    heard_short: int
    short: int | None = None  # None: whoever keeps the stock does not count it


class OrderFlow(msgspec.Struct, frozen=True):
    """Orders counted at each station of their way, each by that station alone."""

    placed: int  # by the clients, every sending counted
    received: int  # by the router
    refused: int  # by the router
    duplicates: int  # by the router
    dispatched: int  # to processors, by the router
    waiting: int  # at the router when the run ended
    finished: int  # by the processors
    in_hand: int  # at the processors when the run ended
    recorded: int  # by the collector
    booked: int  # by the books that the collector hands them to


class GroupEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One group's orders: what its schedule dealt, what its clients placed, what the books have.

    `placed` is None where clients place for several groups. `booked` has what ended, by phase, or
    all under the empty name where phases are no matter; `duplicates` are ids that came again.
    `dealt`, in the same way, is known of open and recorded groups, and of open ones the sums of
    the moments dealt and of those `scheduled`, in seconds, and whether the
    schedule is `over`. `copied` is a checksum of what a log holds, and `served` the same of what
    came of it.
    """

    name: str
    placed: int | None
    booked: Mapping[str, int]
    duplicates: int
    dealt: Mapping[str, int] | None = None
    over: bool = True
    moments: float = 0.0
    scheduled: float = 0.0
    copied: int = 0
    served: int = 0


class ServerEvidence(msgspec.Struct, frozen=True):
    """A processor or an inventory: its own meter, and what its orders tell of it.

    `busy` and `heard` are seconds after the warm-up; `heard` is None where orders do not tell.
    `span` is how long it could have been busy.
    """

    name: str
    busy: float
    heard: float | None
    span: float


class Tellings(msgspec.Struct, frozen=True):
    """Outcomes as the router told them, and as the books and the waiting clients have them.

    `told` and `booked` count orders by status, rejected ones by reason. `repeated`: waiting
    clients that were told the outcome of another sending. `buried`: dead letters of the collector.
    `kinds` and `queued` are the books': orders by kind, and how many had to wait.
    """

    told: Mapping[str, int]
    booked: Mapping[str, int]
    answered: Answers
    repeated: int
    buried: int
    kinds: Mapping[str, int]
    queued: int


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the audit looks at. Times are sums in seconds, as floats that add up."""

    flow: OrderFlow
    stock: Sequence[StockEvidence]
    groups: Sequence[GroupEvidence]
    servers: Sequence[ServerEvidence]
    tellings: Tellings
    examiner: Examiner
    fulfilment: Fulfilment
    open_orders: Sequence[str]
    duplicated: int
    unexpected: int
    changed: int  # envelopes that came back other than they were sent
    examples: Sequence[str]
    messages: MessageCounts
    queue_max: int
    queue_area: float | None  # orders times seconds after the warm-up, where the clock is exact
    silent: Sequence[str]  # clients that wait for answers and placed no order
    queue_limit: int | None
    now: float
    crashes: int
    halted: bool  # clients were told to place no more
    cut: bool  # actors were stopped with messages under way
    scheduled_sum: tuple[float, ...]
    finished_sum: tuple[float, ...]
    in_system_sum: tuple[float, ...]
