"""The figures of a run, each under its path in the result document: `latency_s.p95`.

Beside what the document has there are `shares`: outcomes and reasons as shares of the orders
placed. What says how a run was set up, and what is no number, is no figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from actors.measure.figures import share_of
from actors.measure.result import Block, OrderCounts, Result
from actors.vocabulary.outcomes import KINDS, REASONS, STATUSES

__all__ = ["Figure", "figures_of"]

Figure = tuple[str, float | None]

_SETTINGS: Final = frozenset({"initial", "start_s", "end_s"})  # alike in every replication


def figures_of(result: Result) -> Iterator[Figure]:
    """Every figure and its value, None without a sample; every replication has the same ones."""
    yield "simulated_s", result.simulated_s
    yield from _block("", result)
    for name, block in result.groups.items():
        yield from _block(f"groups.{name}.", block)
    for name, block in result.phases.items():
        yield from _block(f"phases.{name}.", block)
    for sku, product in result.products.items():
        yield from _numbers(f"products.{sku}.", product)
    yield from _numbers("all_products.", result.all_products)
    yield "processors.utilisation", result.processors.utilisation
    yield from _numbers("processors.queue.", result.processors.queue)
    for role, load in result.actors.items():
        yield f"actors.{role}.messages", load.messages
        yield f"actors.{role}.queue_max", load.queue_max
    yield "bottleneck.busy", result.bottleneck.busy
    yield from _numbers("messages.", result.messages)


def _block(path: str, block: Block) -> Iterator[Figure]:
    yield from _orders(path, block.orders)
    for times in ("latency_s", "wait_s", "service_s"):
        yield from _numbers(f"{path}{times}.", getattr(block, times))
    for name in ("waited", "throughput_per_s", "in_system_mean"):
        yield path + name, getattr(block, name)


def _orders(path: str, orders: OrderCounts) -> Iterator[Figure]:
    yield from _numbers(f"{path}orders.", orders)
    for reason in REASONS:  # the document leaves out what did not happen
        yield f"{path}orders.rejected_by.{reason}", orders.rejected_by.get(reason, 0)
    for kind in KINDS:
        yield f"{path}orders.by_kind.{kind}", orders.by_kind.get(kind, 0)
    for name in (*STATUSES, *REASONS):
        yield f"{path}shares.{name}", share_of(name, orders)


def _numbers(path: str, part: msgspec.Struct) -> Iterator[Figure]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if name not in _SETTINGS and not isinstance(value, dict):
            yield path + name, value
