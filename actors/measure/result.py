"""The result document: what a run found, as people's summary and `--json` both show it.

Seconds, orders and units throughout. A figure without a sample is `None`, never 0. In two
virtual runs of one scenario and seed only `time` may differ. Counts are of the whole run; times,
and averages and maxima over time, begin with the scenario's warm-up.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from actors.vocabulary.outcomes import Kind, Reason

__all__ = [
    "ActorLoad",
    "AuditReport",
    "Block",
    "Bottleneck",
    "BrokerReport",
    "Check",
    "DeadLetter",
    "InvalidRecord",
    "MessageCounts",
    "OrderCounts",
    "Phase",
    "ProcessorLoad",
    "Processors",
    "ProductResult",
    "ProductTotals",
    "Queue",
    "RefusedRow",
    "ReplayReport",
    "Result",
    "ScenarioIdentity",
    "Spread",
    "ThresholdResult",
    "Time",
    "WorkerReport",
    "to_json",
]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    pass


class ScenarioIdentity(_Part, frozen=True):
    """Which scenario ran: its name, the SHA-256 of its text, and what `--set` changed."""

    name: str
    sha256: str
    overrides: dict[str, str]


class Time(_Part, frozen=True):
    """Real time spent: `cpu_s` is the process and its children since the interpreter started."""

    wall_s: float
    cpu_s: float


class OrderCounts(_Part, frozen=True):
    """Orders by outcome: placed = fulfilled + partial + rejected whenever the audit holds."""

    placed: int
    fulfilled: int
    partial: int
    rejected: int
    rejected_by: dict[Reason, int]
    by_kind: dict[Kind, int]
    duplicates: int


class Spread(_Part, frozen=True):
    """How a time (seconds) is distributed over orders; all but `count` are None without a sample.

    Percentiles are nearest-rank and exact up to 100,000 values; beyond, within 0.5 % of the
    true value.
    """

    count: int
    mean: float | None = None
    min: float | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None


class Block(_Part, frozen=True):
    """The figures of one set of orders: the whole run, a group, a phase.

    `latency_s`: scheduled → outcome, for orders that a processor finished. `wait_s`: scheduled
    → taken by a processor. `service_s`: how long the processor was busy with it. `waited`:
    the share of taken orders that found no processor free. `throughput_per_s`: orders that
    finished, with any outcome, a second. `in_system_mean`: orders between scheduled and
    outcome, averaged over time; in a phase's window those of all phases are under way.
    """

    orders: OrderCounts
    latency_s: Spread
    wait_s: Spread
    service_s: Spread
    waited: float | None
    throughput_per_s: float | None
    in_system_mean: float | None


class Phase(Block, frozen=True, kw_only=True):
    """A phase's block, and its window in seconds since the run's start."""

    start_s: float
    end_s: float


class ProductTotals(_Part, frozen=True):
    """Units of one product, or of all.

    `asked`: in sale orders that a processor decided. `short`: refused because of this product
    (not because of another one in the same order). `fill` = 1 - short / asked, None where its own
    stock decided nothing: neither sold nor short.
    """

    initial: int
    asked: int
    sold: int
    short: int
    returned: int
    restocked: int
    final: int
    fill: float | None
    revenue: float | None


class ProductResult(ProductTotals, frozen=True, kw_only=True):
    """One product.

    `refused` counts the orders rejected as out of stock in which this product was short, and
    `short_since_s` is when the first order got too little of it. `sold_out_at_s`: when nothing
    was left to promise for the first time.
    """

    sold_out_at_s: float | None
    refused: int
    short_since_s: float | None


class Queue(_Part, frozen=True):
    """Orders waiting at the router, in all lines: the average over time, and the most at once."""

    mean: float
    max: int


class ProcessorLoad(_Part, frozen=True):
    """One processor: the orders it finished and the share of the time it was busy."""

    orders: int
    utilisation: float


class Processors(_Part, frozen=True):
    """All processors together; `each` is in their order."""

    count: int
    utilisation: float
    queue: Queue
    each: tuple[ProcessorLoad, ...]


class ActorLoad(_Part, frozen=True):
    """The actors of one role: how many, messages they handled, the longest mailbox of one."""

    count: int
    messages: int
    queue_max: int


class Bottleneck(_Part, frozen=True):
    """The busiest server: `processors` taken together, or one inventory; `busy` is 0..1."""

    actor: str
    busy: float


class MessageCounts(_Part, frozen=True):
    """Messages between actors: sent = handled + dead_lettered."""

    sent: int
    handled: int
    dead_lettered: int


class DeadLetter(_Part, frozen=True):
    """A kind of invalid order: why, how many, and the first one's reference."""

    why: str
    count: int
    example: str


class RefusedRow(_Part, frozen=True):
    """A row of a recorded log that is part of no order, and why."""

    line: int
    why: str


class InvalidRecord(_Part, frozen=True):
    """An order of a recorded log that is none: `why` as its dead letter says.

    `line` is where it turned invalid, `note` what the log shows of the mistake, if it is more.
    """

    line: int
    order: str
    why: str
    note: str | None


class ReplayReport(_Part, frozen=True):
    """How a recorded log was read: every row is in an order or refused.

    `refused_rows` counts the rows that belong to no order, `invalid_orders` those of the orders
    that end as dead letters; `refused` and `invalid` list the first 100 of them.
    """

    rows: int
    orders: int
    made_products: int
    refused_rows: int
    refused: tuple[RefusedRow, ...]
    invalid_orders: int
    invalid: tuple[InvalidRecord, ...]


class WorkerReport(_Part, frozen=True):
    """One worker over a broker: how many orders it serves at once, what it served, how busy."""

    worker: str
    processors: int
    orders: int
    utilisation: float


class BrokerReport(_Part, frozen=True):
    """What happened between the run and its workers.

    `strategy` is the router's, which sharding replaced. `batches`: transactions of the store,
    `fenced` of them undone and played again. `redeliveries`: orders that the broker handed over
    again; `repeats`: outcomes that came again and were dropped. `recovered`: orders that an
    earlier start of the run had ended. `dead_letters`: messages in the queue of that name; one
    that was being buried when its worker or the broker ended is there twice. `reconnects`: of
    all connections.
    """

    run: str
    shards: int
    strategy: str
    workers: tuple[WorkerReport, ...]
    joined: int
    lost: int
    batches: int
    fenced: int
    redeliveries: int
    repeats: int
    recovered: int
    dead_letters: int
    reconnects: int


class Check(_Part, frozen=True):
    """One law of the audit: whether it held, and the figures on both sides or the culprit."""

    name: str
    ok: bool
    detail: str


class AuditReport(_Part, frozen=True):
    """All laws; `ok` when every one held."""

    ok: bool
    checks: tuple[Check, ...]


class ThresholdResult(_Part, frozen=True):
    """A threshold, its limit and the actual value in the same unit (None: no sample: failed).

    `value` is the actual value unrounded, in base units: seconds, a second, a share 0..1, a count.
    """

    expression: str
    limit: str
    actual: str | None
    ok: bool
    value: float | None = None


class Result(Block, frozen=True, kw_only=True):
    """Everything that a run found. `result` is the document's version.

    `crashes` counts handlers that raised: a mistake in an actor, after which it went on.
    `replication` is which of the independent runs with this seed it was; a plain run is 0.
    """

    result: Literal[1] = 1
    version: str
    scenario: ScenarioIdentity
    seed: int
    replication: int = 0
    runtime: str
    time: Time
    simulated_s: float
    groups: dict[str, Block]
    phases: dict[str, Phase]
    products: dict[str, ProductResult]
    all_products: ProductTotals
    processors: Processors
    actors: dict[str, ActorLoad]
    bottleneck: Bottleneck
    messages: MessageCounts
    dead_letters: tuple[DeadLetter, ...]
    replay: ReplayReport | None
    broker: BrokerReport | None = None
    audit: AuditReport
    thresholds: tuple[ThresholdResult, ...]
    interrupted: bool
    crashes: int
    exit_code: int


def to_json(document: msgspec.Struct) -> bytes:
    """The result of a run or of a set as indented JSON, ending in a line break."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
