"""From ended actors to the result document: reads every figure once, judges, and writes it down.

Nothing runs any more when this is called; it may look at any actor.
"""

from __future__ import annotations

import os
from functools import cached_property

from actors.common.version import VERSION
from actors.measure.audit import audit
from actors.measure.figures import fill_rate, totals_of
from actors.measure.order_statistics import TimeMetric
from actors.measure.result import (
    ActorLoad,
    AuditReport,
    Block,
    Bottleneck,
    Phase,
    ProcessorLoad,
    Processors,
    ProductResult,
    ProductTotals,
    Queue,
    ReplayReport,
    Result,
    ScenarioIdentity,
    Time,
)
from actors.measure.thresholds.verdicts import evaluate
from actors.runtime.base import Runtime
from actors.scenario.loader import LoadedScenario
from actors.vocabulary.exit_codes import exit_code_of
from actors.wiring.audit_evidence import gather_evidence
from actors.wiring.backend import Backend
from actors.wiring.participants import Participants, Shelf

__all__ = ["ResultBuilder"]

NOTES_SHOWN = 100


class ResultBuilder:
    """Everything that a finished run found.

    Args:
        loaded: the scenario that ran.
        runtime: where it ran; stopped.
        participants: the actors and books.
        backend: where it was played.
        now: when the run ended, in seconds.
        cut: whether actors were stopped with orders still open.
        interrupted: whether somebody asked the run to end early.
        wall_s: real seconds that the run took.
    """

    def __init__(
        self,
        loaded: LoadedScenario,
        runtime: Runtime,
        participants: Participants,
        backend: Backend,
        *,
        now: float,
        cut: bool,
        interrupted: bool,
        wall_s: float,
    ) -> None:
        self._loaded = loaded
        self._runtime = runtime
        self._participants = participants
        self._backend = backend
        self._now = now
        self._cut = cut
        self._interrupted = interrupted
        self._wall_s = wall_s

    def result(self) -> Result:
        """The whole document."""
        scenario = self._loaded.scenario
        verdict = self._verdict()
        thresholds = evaluate(scenario.thresholds, self)
        whole = self.block(None, None)
        return Result(
            orders=whole.orders,
            latency_s=whole.latency_s,
            wait_s=whole.wait_s,
            service_s=whole.service_s,
            waited=whole.waited,
            throughput_per_s=whole.throughput_per_s,
            in_system_mean=whole.in_system_mean,
            version=VERSION,
            scenario=ScenarioIdentity(
                name=scenario.name, sha256=self._loaded.sha256, overrides=self._loaded.overrides
            ),
            seed=self._runtime.seed,
            replication=self._runtime.replication,
            runtime=self._backend.kind,
            time=Time(wall_s=self._wall_s, cpu_s=sum(os.times()[:4])),
            simulated_s=self._now,
            groups={name: self.block(name, None) for name in scenario.clients},
            phases={name: self._phase(name) for name in scenario.phase_windows},
            products=self.products,
            all_products=self.all_products,
            processors=self.processors,
            actors=self._loads(),
            bottleneck=self._bottleneck(),
            messages=self._runtime.counts(),
            dead_letters=self._participants.collector.dead_letters(),
            replay=self._replay(),
            broker=self._backend.broker(self._now),
            audit=verdict,
            thresholds=thresholds,
            interrupted=self._interrupted,
            crashes=self._runtime.crashes,
            exit_code=exit_code_of(
                crashed=self._runtime.crashes > 0,
                audit_ok=verdict.ok,
                interrupted=self._interrupted,
                passed=all(threshold.ok for threshold in thresholds),
            ),
        )

    def _verdict(self) -> AuditReport:
        evidence = gather_evidence(
            self._loaded,
            self._runtime,
            self._participants,
            now=self._now,
            cut=self._cut,
            halted=self._interrupted,
        )
        verdict = audit(evidence)
        checks = (*verdict.checks, *self._backend.checks(cut=self._cut))
        return AuditReport(ok=all(check.ok for check in checks), checks=checks)

    # What thresholds ask for.

    def block(self, group: str | None, phase: str | None) -> Block:
        """The figures of a group, a phase, both, or the whole run."""
        return self._participants.metrics.block(group, phase, self._now)

    def quantile(
        self, metric: TimeMetric, q: float, group: str | None, phase: str | None
    ) -> float | None:
        """A quantile of a time, in seconds."""
        return self._participants.metrics.quantile(metric, q, group, phase)

    @cached_property
    def products(self) -> dict[str, ProductResult]:
        """Every product's figures, by SKU."""
        return {
            inventory.sku: self._product(inventory) for inventory in self._participants.inventories
        }

    @cached_property
    def all_products(self) -> ProductTotals:
        """The figures of all products together."""
        return totals_of(self.products.values())

    @cached_property
    def processors(self) -> Processors:
        """The processors and the queue before them."""
        return self._backend.processors(self._now) or self._processors_here()

    def _processors_here(self) -> Processors:
        each = tuple(
            ProcessorLoad(
                orders=p.finished,
                utilisation=self._participants.meters.busy(p.name).share(self._now),
            )
            for p in self._participants.processors
        )
        queue = self._participants.meters.level(self._participants.router.name)
        return Processors(
            count=len(each),
            utilisation=sum(load.utilisation for load in each) / len(each),
            queue=Queue(mean=queue.mean(self._now), max=queue.largest(self._now)),
            each=each,
        )

    # The other parts.

    def _phase(self, name: str) -> Phase:
        start, end = self._loaded.scenario.phase_windows[name]
        block = self.block(None, name)
        return Phase(
            start_s=start,
            end_s=end,
            orders=block.orders,
            latency_s=block.latency_s,
            wait_s=block.wait_s,
            service_s=block.service_s,
            waited=block.waited,
            throughput_per_s=block.throughput_per_s,
            in_system_mean=block.in_system_mean,
        )

    def _product(self, inventory: Shelf) -> ProductResult:
        tally = self._participants.book.of(inventory.sku)
        price = self._loaded.products[inventory.sku].price
        return ProductResult(
            initial=inventory.initial,
            asked=tally.asked,
            sold=tally.sold,
            short=tally.short,
            returned=tally.returned,
            restocked=tally.restocked,
            final=inventory.stock.on_hand,
            fill=fill_rate(tally.asked, tally.sold, tally.short),
            revenue=None if price is None else round(tally.sold * price, 2),
            sold_out_at_s=inventory.sold_out_at,
            refused=tally.refused,
            short_since_s=tally.short_since,
        )

    def _loads(self) -> dict[str, ActorLoad]:
        roles: dict[str, list[tuple[int, int]]] = {}
        for box in self._runtime.mailboxes():
            role = box.name.partition("/")[0]
            roles.setdefault(role, []).append((box.handled, box.queue_max))
        return {
            role: ActorLoad(
                count=len(loads),
                messages=sum(handled for handled, _ in loads),
                queue_max=max(longest for _, longest in loads),
            )
            for role, loads in roles.items()
        }

    def _bottleneck(self) -> Bottleneck:
        servers = [("processors", self.processors.utilisation)]
        servers += [
            (inventory.name, self._participants.meters.busy(inventory.name).share(self._now))
            for inventory in self._participants.inventories
        ]
        actor, busy = max(servers, key=lambda server: server[1])
        return Bottleneck(actor=actor, busy=busy)

    def _replay(self) -> ReplayReport | None:
        recordings = self._loaded.recordings.values()
        if not recordings:
            return None
        refused = [row for recording in recordings for row in recording.refused]
        invalid = [order for recording in recordings for order in recording.invalid]
        return ReplayReport(
            rows=sum(recording.rows for recording in recordings),
            orders=sum(len(recording.orders) for recording in recordings),
            made_products=self._loaded.made_products,
            refused_rows=len(refused),
            refused=tuple(refused[:NOTES_SHOWN]),
            invalid_orders=len(invalid),
            invalid=tuple(invalid[:NOTES_SHOWN]),
        )
