"""What the audit is given: before a run, what is promised of every order; after it, the evidence.

The evidence is what each actor tells, side by side. Nothing runs any more when it is gathered, so
any actor may be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from actors.client import Client
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
from actors.messages import Halt
from actors.runtime.base import Runtime
from actors.scenario.loader import LoadedScenario
from actors.wiring.client_groups import client_names
from actors.wiring.participants import Participants, Shelf
from actors.wiring.roles import Cast

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
    participants: Participants,
    *,
    now: float,
    cut: bool,
    halted: bool,
) -> Evidence:
    """Everything that the audit looks at.

    Args:
        loaded: the scenario that ran.
        runtime: where it ran; stopped.
        participants: the actors and books.
        now: when the run ended, in seconds.
        cut: whether actors were stopped with orders still open.
        halted: whether clients were told to place no more.
    """
    scheduled = [part for client in participants.clients for part in client.scheduled.parts]
    scheduled.append(-participants.collector.duplicates_scheduled)
    return Evidence(
        flow=_flow(participants),
        stock=[_stock(shelf, loaded, participants) for shelf in participants.inventories],
        groups=list(_groups(loaded, participants)),
        servers=list(_servers(loaded, participants, now, cut=cut)),
        tellings=_tellings(participants),
        examiner=participants.examiner,
        fulfilment=loaded.scenario.processors.fulfilment,
        open_orders=[place.ref for place in participants.ledger.open()],
        duplicated=participants.ledger.duplicated,
        unexpected=participants.ledger.unexpected,
        changed=participants.ledger.changed,
        examples=participants.ledger.examples,
        messages=runtime.counts(),
        queue_max=participants.meters.level(participants.router.name).largest(now),
        queue_area=_queue_area(loaded, runtime, participants, now),
        silent=participants.examiner.silent,
        queue_limit=loaded.scenario.router.queue_limit,
        now=now,
        crashes=runtime.crashes,
        halted=halted,
        cut=cut,
        scheduled_sum=tuple(scheduled),
        finished_sum=participants.metrics.finish_times.parts,
        in_system_sum=participants.metrics.total_in_system(),
    )


def _flow(participants: Participants) -> OrderFlow:
    return OrderFlow(
        placed=sum(client.placed for client in participants.clients),
        received=participants.router.received,
        refused=participants.router.refused,
        duplicates=participants.router.duplicates,
        dispatched=participants.router.dispatched,
        waiting=participants.router.waiting,
        finished=sum(processor.finished for processor in participants.processors),
        in_hand=sum(processor.in_hand for processor in participants.processors),
        recorded=participants.collector.recorded,
        booked=sum(participants.metrics.outcomes().values()),
    )


def _queue_area(
    loaded: LoadedScenario, runtime: Runtime, participants: Participants, now: float
) -> float | None:
    """The orders in the router's line, added up over time; None where orders tell otherwise.

    Only in virtual time an order joins the line at the moment for which it was scheduled, and
    only then an order that is in it at the end has no record.
    """
    if runtime.kind != "virtual" or _irregular(participants) or participants.router.waiting:
        return None
    return participants.meters.level(participants.router.name).mean(now) * max(
        0.0, now - loaded.scenario.warm_up
    )


def _stock(shelf: Shelf, loaded: LoadedScenario, participants: Participants) -> StockEvidence:
    tally = participants.book.of(shelf.sku)
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


def _groups(loaded: LoadedScenario, participants: Participants) -> Iterator[GroupEvidence]:
    placed = _placed_by_group(loaded, participants)
    irregular = _irregular(participants)
    for group in loaded.scenario.clients:
        count = None if placed is None else placed[group]
        booked, duplicates = participants.metrics.booked(group)
        schedule, recording = participants.schedules.get(group), loaded.recordings.get(group)
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
                scheduled=participants.examiner.scheduled(group),
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
                served=participants.examiner.copies[group] if bodies else 0,
            )
        else:
            yield GroupEvidence(
                name=group,
                placed=count,
                booked={"": sum(booked.values())},
                duplicates=duplicates,
            )


def _irregular(participants: Participants) -> set[str]:
    """The groups whose clients keep to no schedule."""
    return {_group_of(client) for client in participants.clients if not client.keeps_schedule}


def _group_of(client: Client[Halt]) -> str:
    """The group that a client belongs to by its name; none for one that stands for several."""
    group, _, number = client.name.removeprefix("client/").rpartition("-")
    return group if number.isdecimal() else ""


def _placed_by_group(loaded: LoadedScenario, participants: Participants) -> dict[str, int] | None:
    """What the clients of each group placed; None if one of them belongs to no group."""
    placed = dict.fromkeys(loaded.scenario.clients, 0)
    for client in participants.clients:
        group = _group_of(client)
        if group not in placed:
            return None
        placed[group] += client.placed
    return placed


def _servers(
    loaded: LoadedScenario, participants: Participants, now: float, *, cut: bool
) -> Iterator[ServerEvidence]:
    """Every server's meter; where a run was cut, some orders' times were never told."""
    span = max(0.0, now - loaded.scenario.warm_up)
    for processor in participants.processors:
        heard = None if cut else participants.examiner.busy(processor.name)
        yield ServerEvidence(
            processor.name, participants.meters.busy(processor.name).total, heard, span
        )
    for shelf in participants.inventories:
        yield ServerEvidence(shelf.name, participants.meters.busy(shelf.name).total, None, span)


def _tellings(participants: Participants) -> Tellings:
    answered = Answers()
    for client in participants.clients:
        answered.add(client.answers)
    return Tellings(
        told=participants.router.told,
        booked=participants.metrics.outcomes(),
        answered=answered,
        repeated=participants.ledger.repeated,
        buried=sum(letter.count for letter in participants.collector.dead_letters()),
        kinds=participants.metrics.kinds(),
        queued=participants.metrics.queued(),
    )
