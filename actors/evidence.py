"""What the audit is given: before a run, what is promised of every order; after it, the evidence.

The evidence is what each actor tells, side by side. Nothing runs any more when it is gathered, so
any actor may be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from actors.client import Client
from actors.groups import client_names
from actors.measure.answers import Answers
from actors.measure.audit import (
    WORD,
    Evidence,
    GroupEvidence,
    OrderFlow,
    Rules,
    ServerEvidence,
    StockEvidence,
    Tellings,
)
from actors.roles import Cast
from actors.runtime.base import Runtime
from actors.scenario.loader import LoadedScenario
from actors.troupe import Shelf, Troupe

__all__ = ["gather_evidence", "rules_of"]


def rules_of(loaded: LoadedScenario, cast: Cast, *, exact: bool) -> Rules:
    """What a scenario, played by these classes, promises of every order.

    Args:
        loaded: the scenario.
        cast: who plays it; some classes promise less.
        exact: the clock stands still while a message travels.
    """
    scenario = loaded.scenario
    groups = scenario.clients
    regular = {name for name, group in groups.items() if cast.client_of(group).keeps_schedule}
    return Rules(
        fulfilment=scenario.processors.fulfilment,
        catalogue=loaded.products,
        windows={
            name: {phase: (start, end) for phase, start, end in scenario.timeline(name)}
            if name in regular
            else None
            for name in groups
        },
        replayed=frozenset(name for name, group in groups.items() if group.replay is not None),
        closed=frozenset(
            client
            for name, group in groups.items()
            if group.think is not None and name in regular
            for client in client_names(name, group)
        ),
        warm_up=scenario.warm_up,
        limited=scenario.router.queue_limit is not None,
        in_line=cast.strategies[scenario.router.strategy].in_line,
        exact=exact and len(regular) == len(groups),
    )


def gather_evidence(
    loaded: LoadedScenario,
    runtime: Runtime,
    troupe: Troupe,
    *,
    now: float,
    cut: bool,
    halted: bool,
) -> Evidence:
    """Everything that the audit looks at.

    Args:
        loaded: the scenario that ran.
        runtime: where it ran; stopped.
        troupe: the actors and books.
        now: when the run ended, in seconds.
        cut: whether actors were stopped with orders still open.
        halted: whether clients were told to place no more.
    """
    scheduled = [part for client in troupe.clients for part in client.scheduled.parts]
    scheduled.append(-troupe.collector.duplicates_scheduled)
    return Evidence(
        flow=_flow(troupe),
        stock=[_stock(shelf, loaded, troupe) for shelf in troupe.inventories],
        groups=list(_groups(loaded, troupe)),
        servers=list(_servers(loaded, troupe, now, cut=cut)),
        tellings=_tellings(troupe),
        examiner=troupe.examiner,
        fulfilment=loaded.scenario.processors.fulfilment,
        open_orders=[place.ref for place in troupe.ledger.open()],
        duplicated=troupe.ledger.duplicated,
        unexpected=troupe.ledger.unexpected,
        changed=troupe.ledger.changed,
        examples=troupe.ledger.examples,
        messages=runtime.counts(),
        queue_max=troupe.router.queue.largest(now),
        queue_area=_queue_area(loaded, runtime, troupe, now),
        silent=troupe.examiner.silent,
        queue_limit=loaded.scenario.router.queue_limit,
        now=now,
        crashes=runtime.crashes,
        halted=halted,
        cut=cut,
        scheduled_sum=tuple(scheduled),
        finished_sum=troupe.metrics.finish_times.parts,
        in_system_sum=troupe.metrics.total_in_system(),
    )


def _flow(troupe: Troupe) -> OrderFlow:
    return OrderFlow(
        placed=sum(client.placed for client in troupe.clients),
        received=troupe.router.received,
        refused=troupe.router.refused,
        duplicates=troupe.router.duplicates,
        dispatched=troupe.router.dispatched,
        waiting=troupe.router.waiting,
        finished=sum(processor.finished for processor in troupe.processors),
        in_hand=sum(processor.in_hand for processor in troupe.processors),
        recorded=troupe.collector.recorded,
        booked=sum(troupe.metrics.outcomes().values()),
    )


def _queue_area(
    loaded: LoadedScenario, runtime: Runtime, troupe: Troupe, now: float
) -> float | None:
    """The orders in the router's line, added up over time; None where orders tell otherwise.

    Only in virtual time an order joins the line at the moment for which it was scheduled, and
    only then an order that is in it at the end has no record.
    """
    if runtime.kind != "virtual" or _irregular(troupe) or troupe.router.waiting:
        return None
    return troupe.router.queue.mean(now) * max(0.0, now - loaded.scenario.warm_up)


def _stock(shelf: Shelf, loaded: LoadedScenario, troupe: Troupe) -> StockEvidence:
    tally = troupe.book.of(shelf.sku)
    stock = shelf.stock
    return StockEvidence(
        sku=shelf.sku,
        planned=loaded.products[shelf.sku].stock,
        initial=shelf.initial,
        sold=shelf.sold,
        returned=shelf.returned,
        restocked=shelf.restocked,
        final=stock.on_hand,
        reserved=stock.reserved,
        lowest=shelf.lowest,
        heard_sold=tally.sold,
        heard_returned=tally.returned,
        heard_restocked=tally.restocked,
        heard_asked=tally.asked,
        heard_short=tally.short,
        short=shelf.short,
    )


def _groups(loaded: LoadedScenario, troupe: Troupe) -> Iterator[GroupEvidence]:
    placed = _placed_by_group(loaded, troupe)
    irregular = _irregular(troupe)
    for group in loaded.scenario.clients:
        count = None if placed is None else placed[group]
        booked, duplicates = troupe.metrics.booked(group)
        schedule, recording = troupe.schedules.get(group), loaded.recordings.get(group)
        if group in irregular:
            schedule = recording = None
        if schedule is not None:
            yield GroupEvidence(
                name=group,
                placed=count,
                booked=booked,
                duplicates=duplicates,
                dealt=dict(schedule.dealt),
                moments=schedule.moments,
                scheduled=troupe.examiner.scheduled(group),
                over=schedule.over(),
            )
        elif recording is not None:
            bodies = [order.body() for order in recording.orders] if not duplicates else []
            yield GroupEvidence(
                name=group,
                placed=count,
                booked={"": sum(booked.values())},
                duplicates=duplicates,
                dealt={"": len(recording.orders) - duplicates},
                copied=sum(map(hash, bodies)) % WORD if bodies else 0,
                served=troupe.examiner.copies[group] if bodies else 0,
            )
        else:
            yield GroupEvidence(
                name=group,
                placed=count,
                booked={"": sum(booked.values())},
                duplicates=duplicates,
            )


def _irregular(troupe: Troupe) -> set[str]:
    """The groups whose clients keep to no schedule."""
    return {_group_of(client) for client in troupe.clients if not client.keeps_schedule}


def _group_of(client: Client) -> str:
    """The group that a client belongs to by its name; none for one that stands for several."""
    group, _, number = client.name.removeprefix("client/").rpartition("-")
    return group if number.isdecimal() else ""


def _placed_by_group(loaded: LoadedScenario, troupe: Troupe) -> dict[str, int] | None:
    """What the clients of each group placed; None if one of them belongs to no group."""
    placed = dict.fromkeys(loaded.scenario.clients, 0)
    for client in troupe.clients:
        group = _group_of(client)
        if group not in placed:
            return None
        placed[group] += client.placed
    return placed


def _servers(
    loaded: LoadedScenario, troupe: Troupe, now: float, *, cut: bool
) -> Iterator[ServerEvidence]:
    """Every server's meter; where a run was cut, some orders' times were never told."""
    span = max(0.0, now - loaded.scenario.warm_up)
    for processor in troupe.processors:
        heard = None if cut else troupe.examiner.busy(processor.name)
        yield ServerEvidence(processor.name, processor.busy.total, heard, span)
    for shelf in troupe.inventories:
        yield ServerEvidence(shelf.name, shelf.busy.total, None, span)


def _tellings(troupe: Troupe) -> Tellings:
    answered = Answers()
    for client in troupe.clients:
        answered.add(client.answers)
    return Tellings(
        told=troupe.router.told,
        booked=troupe.metrics.outcomes(),
        answered=answered,
        repeated=troupe.ledger.repeated,
        buried=sum(letter.count for letter in troupe.collector.dead_letters()),
        kinds=troupe.metrics.kinds(),
        queued=troupe.metrics.queued(),
    )
