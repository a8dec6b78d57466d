"""A whole pipeline made by hand, with anybody's part taken by somebody who makes a mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from actors.collector import Collector
from actors.decisions.order_json import encode_order
from actors.decisions.routing import STRATEGIES
from actors.inventory import Inventory
from actors.measure.audit import (
    Evidence,
    Examiner,
    GroupEvidence,
    OrderFlow,
    Rules,
    ServerEvidence,
    StockEvidence,
    Tellings,
)
from actors.measure.ledger import Ledger
from actors.measure.meters import Meters
from actors.measure.order_statistics import Ended, OrderStatistics
from actors.measure.products import ProductBook
from actors.messages import Line, Order, Place
from actors.processor import Processor
from actors.router import Router
from actors.scenario.written_distributions import parse_distribution
from actors.testing import Stage

__all__ = ["Shop", "ten_orders"]

NAMES = ("processor/1", "processor/2")


class Shop:
    """One group's orders, two processors, five units of A and of B.

    `heard` is what the books understand of an order that has ended, where they make the mistake.
    """

    def __init__(
        self,
        *,
        router: type[Router] = Router,
        processor: type[Processor] = Processor,
        inventory: type[Inventory] = Inventory,
        collector: type[Collector] = Collector,
        heard: Callable[[Ended], Ended] = lambda ended: ended,
    ) -> None:
        self.stage = Stage()
        self.ledger, self.metrics, self.book = Ledger(), OrderStatistics(0.0, {}), ProductBook()
        rules = Rules("all_or_nothing", {"A", "B"}, {"web": {}}, exact=True)
        self.examiner = Examiner(self.ledger, rules)

        def books(batch: Sequence[Ended]) -> None:
            understood = [heard(ended) for ended in batch]
            self.metrics.take(understood)
            self.book.take(understood)

        sinks = [self.examiner.take, books]
        self.collector = self.stage.spawn(
            "collector", lambda: collector(self.ledger, self.metrics, sinks)
        )
        self.meters = Meters()
        instant, second = parse_distribution("0ms"), parse_distribution("1s")
        self.inventories = [
            self.stage.spawn(
                name := f"inventory/{sku}",
                partial(inventory, sku, 5, instant, self.meters.busy(name)),
            )
            for sku in "AB"
        ]
        shelves = {each.sku: each.actor_ref for each in self.inventories}
        self.router = self.stage.spawn(
            "router",
            lambda: router(
                {"A", "B"},
                STRATEGIES["shared_queue"],
                self.collector.actor_ref,
                self.meters.level("router"),
            ),
        )
        self.processors = [
            self.stage.spawn(
                name,
                partial(
                    processor,
                    self.router.actor_ref,
                    shelves,
                    self.collector.actor_ref,
                    self.meters.busy(name),
                    service_time=second,
                    line_time=instant,
                    fulfilment="all_or_nothing",
                ),
            )
            for name in NAMES
        ]
        self.sent: list[Place] = []

    def order(self, ref: str, *lines: tuple[str, int]) -> None:
        """Place an order."""
        order = Order(
            id=ref, client="web-1", placed_at=0.0, lines=tuple(Line(*line) for line in lines)
        )
        place = Place(ref, encode_order(order), 0.0, "client/web-1", "web", "")
        self.ledger.placed(place)
        self.sent.append(place)
        self.stage.tell("router", place)

    def evidence(self) -> Evidence:
        """Play to the end, and ask everybody."""
        self.stage.play()
        now = self.stage.runtime.now
        self.stage.close()
        self.collector.hand_on()
        queue = self.meters.level("router")
        booked, duplicates = self.metrics.booked("web")
        return Evidence(
            flow=self._flow(),
            stock=[self._stock(inventory) for inventory in self.inventories],
            groups=[
                GroupEvidence(
                    name="web", placed=len(self.sent), booked=booked, duplicates=duplicates
                )
            ],
            servers=[
                ServerEvidence(
                    each.name, self.meters.busy(each.name).total, self.examiner.busy(each.name), now
                )
                for each in self.processors
            ],
            tellings=Tellings(
                told=self.router.told,
                booked=self.metrics.outcomes(),
                answered=self.examiner.answers,
                repeated=self.ledger.repeated,
                buried=sum(letter.count for letter in self.collector.dead_letters()),
                kinds=self.metrics.kinds(),
                queued=self.metrics.queued(),
            ),
            examiner=self.examiner,
            fulfilment="all_or_nothing",
            open_orders=[place.ref for place in self.ledger.open()],
            duplicated=self.ledger.duplicated,
            unexpected=self.ledger.unexpected,
            changed=self.ledger.changed,
            examples=self.ledger.examples,
            messages=self.stage.runtime.counts(),
            queue_max=queue.largest(now),
            queue_limit=None,
            queue_area=queue.mean(now) * now,
            silent=[],
            now=now,
            crashes=self.stage.runtime.crashes,
            halted=False,
            cut=False,
            scheduled_sum=tuple(place.scheduled for place in self.sent),
            finished_sum=self.metrics.finish_times.parts,
            in_system_sum=self.metrics.total_in_system(),
        )

    def _flow(self) -> OrderFlow:
        return OrderFlow(
            placed=len(self.sent),
            received=self.router.received,
            refused=self.router.refused,
            duplicates=self.router.duplicates,
            dispatched=self.router.dispatched,
            waiting=self.router.waiting,
            finished=sum(processor.finished for processor in self.processors),
            in_hand=sum(processor.in_hand for processor in self.processors),
            recorded=self.collector.recorded,
            booked=sum(self.metrics.outcomes().values()),
        )

    def _stock(self, inventory: Inventory) -> StockEvidence:
        tally, stock = self.book.of(inventory.sku), inventory.stock
        return StockEvidence(
            sku=inventory.sku,
            planned=inventory.initial,
            initial=inventory.initial,
            sold=inventory.sold,
            returned=inventory.returned,
            restocked=inventory.restocked,
            final=stock.on_hand,
            reserved=stock.reserved,
            lowest=inventory.lowest,
            heard_sold=tally.sold,
            heard_returned=tally.returned,
            heard_restocked=tally.restocked,
            heard_asked=tally.asked,
            heard_short=tally.short,
            short=inventory.short,
        )


def ten_orders(shop: Shop) -> Shop:
    """More than there is, in orders of one line and of two."""
    for number in range(5):
        shop.order(f"one-{number}", ("A", 2))
        shop.order(f"two-{number}", ("A", 1), ("B", 2))
    shop.order("one-0", ("A", 2))  # an id that comes again
    shop.order("unknown", ("C", 2))
    return shop
