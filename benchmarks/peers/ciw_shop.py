"""The shop in Ciw, in its own idiom: a node with servers, and a class of customers a product.

Ciw has no actors and no clients: the clients' arrivals are merged into one Poisson stream for
each product, which is the same process. A customer's class is the product, and every order is
recorded, as Ciw always does.
"""

from __future__ import annotations

from typing import Final

import ciw

from benchmarks.shop import PROCESSORS, PRODUCTS, RATE, SERVICE_S, Played, shares

__all__ = ["CiwShop"]

NAMES: Final = [f"P-{number:02}" for number in range(1, PRODUCTS + 1)]


class CiwShop:
    """The network, ready to be simulated.

    Args:
        orders: how many are served before the simulation ends.
        seed: of all that chance decides.
    """

    def __init__(self, orders: int, seed: int) -> None:
        ciw.seed(seed)
        self.orders = orders
        whole = shares()[-1]
        rates = {name: RATE / rank / whole for rank, name in enumerate(NAMES, start=1)}
        network = ciw.create_network(
            arrival_distributions={name: [ciw.dists.Exponential(rates[name])] for name in NAMES},
            service_distributions={name: [ciw.dists.Exponential(1 / SERVICE_S)] for name in NAMES},
            number_of_servers=[PROCESSORS],
        )
        self.simulation = ciw.Simulation(network)
        self.records: list[ciw.data_record.DataRecord] = []

    def play(self) -> None:
        """Play until so many orders have ended, and collect their records."""
        self.simulation.simulate_until_max_customers(self.orders, method="Finish")
        self.records = self.simulation.get_all_records()

    def played(self) -> Played:
        """What came of it."""
        spent = sum(record.exit_date - record.arrival_date for record in self.records)
        return Played(len(self.records), spent / len(self.records))
