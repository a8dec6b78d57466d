"""All planted mistakes, and those that the audit does not find."""

from __future__ import annotations

from typing import Final

from in_closed_clients import IN_CLOSED_CLIENTS
from in_collectors import IN_COLLECTORS
from in_inventories import IN_INVENTORIES
from in_open_clients import IN_OPEN_CLIENTS
from in_processors import IN_PROCESSORS
from in_replays import IN_REPLAYS
from in_routers import IN_ROUTERS
from in_strategies import IN_STRATEGIES
from planting import Mistake

__all__ = ["CRASHING", "MISTAKES", "NOT_FOUND", "Mistake"]

MISTAKES: Final[tuple[Mistake, ...]] = (
    *IN_OPEN_CLIENTS,
    *IN_CLOSED_CLIENTS,
    *IN_REPLAYS,
    *IN_ROUTERS,
    *IN_STRATEGIES,
    *IN_PROCESSORS,
    *IN_INVENTORIES,
    *IN_COLLECTORS,
)

# Somebody else raises over these too, which is the first that is said of the run.
CRASHING: Final[frozenset[str]] = frozenset(
    {
        "a router that takes orders for products that nobody has",
    }
)

NOT_FOUND: Final[frozenset[str]] = frozenset(
    {
        "an open client that now and then orders more units than its form allows",
        "an open client that now and then writes every line twice",
        "an open client that writes a return now and then, though its group only buys",
        "an open client that orders a product which its group never orders",
        "an open client that orders the first product only, though its form has two",
        "an open client that gives some orders a priority which its form does not have",
        "an open client that forgets to write priorities",
        "an open client that writes a sale whatever kind it has drawn",
        "an open client that signs now and then with the name of another",
        "a closed client that begins a second after the run",
        "a router that says of every order that it had to wait",
        "a router that forgets how long its queue has been at most",
        "a router that lets one order fewer wait than it may",
        "a router that answers another outcome when an id comes again",
        "a router that has an order served again when its id comes again",
        "a router that answers some time after the order has ended",
        "a strategy that forgets the last processor",
        "a strategy of turns that skips the last processor",
        "a strategy of turns that gives each processor two in a row",
        "a strategy of chance that always takes the first processor",
        "a strategy of chance that never takes the last processor",
        "a strategy of loads that takes the processor with the most orders",
        "a strategy of loads that does not count the order that a processor is serving",
        "a strategy of hashes that sends some orders of a client to another processor",
        "a strategy of hashes that takes the order's id in place of the client's name",
        "a strategy of hashes that puts a waiting order into the line beside its own",
        "a processor that spends no time on some orders",
        "a processor that takes twice as long for some orders",
        "a processor that spends no time on lines",
        "a processor that never says it is free again after its thirtieth order",
        "a processor that takes a break before it says that it is free",
        "a processor that rejects where it is to wait for stock",
        "a processor that does not wait for stock until the end",
        "an inventory that refuses now and then though it has enough",
        "an inventory that never sells the last unit, by a sign that is wrong",
        "an inventory that keeps twenty units back for a rainy day",
        "an inventory that takes its time though the scenario gives it none",
        "an inventory that lets an order wait where it is to be all or nothing",
        "an inventory that puts back what an order does not need only after a while",
        "an inventory that never says that it is sold out",
        "an inventory that says it was sold out from the beginning",
        "an inventory that says of its last request that it was the first to find nothing left",
        "an inventory that grants nothing where it could grant some",
        "an inventory that grants a single unit of any number, though it has them",
        "an inventory that does not tell an order that its rest has come",
        "an inventory that gives what has come to those who have waited for the shortest time",
        "an inventory that takes no time though the scenario gives it some",
        "an inventory that takes twice as long for some requests",
        "an inventory that counts some of its service twice",
        "an inventory that forgets how long it was busy",
        "a collector that hands on the last order of a batch first",
        "a collector that exchanges the times at which two orders were placed",
        "a collector that exchanges the ids of two orders",
        "a collector that exchanges the clients of two orders",
        "a collector that exchanges what two fulfilled orders asked for and got",
        "a collector that exchanges the processors of two orders",
        "a collector that lets two orders end in the middle between their ends",
        "a collector that lets shortage begin later than it did",
        "a collector that exchanges how long a processor was busy with two orders",
    }
)
