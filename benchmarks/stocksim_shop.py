"""The shop in stocksim: on the virtual runtime, with its JSON, its statistics and its audit."""

from __future__ import annotations

from actors import Cast, Result, Simulation, load_text
from benchmarks.shop import CLIENTS, PROCESSORS, PRODUCTS, RATE, SERVICE_S, STOCK, Played

__all__ = ["StocksimShop", "shop_text"]

SCENARIO = """
stocksim: 1
products: {{P-01..{products}: {{stock: {stock}}}}}
processors: {{count: {processors}, service_time: exponential {service}s}}
clients:
  web:
    count: {clients}
    phases: {{all: {{duration: {duration:.0f}s, rate: {rate}/s}}}}
    orders: {{sku: zipf 1}}
"""


def shop_text(orders: int) -> str:
    """The shop as a scenario, with so many orders on average: arrivals end by the clock."""
    return SCENARIO.format(
        products=PRODUCTS,
        stock=STOCK,
        processors=PROCESSORS,
        service=SERVICE_S,
        clients=CLIENTS,
        duration=orders / RATE,
        rate=RATE,
    )


class StocksimShop:
    """The shop, ready to be played.

    Args:
        orders: how many the clients place in all, on average.
        seed: of all that chance decides.
        roles: who plays which role.
    """

    def __init__(self, orders: int, seed: int, roles: Cast | None = None) -> None:
        loaded = load_text(shop_text(orders), name="benchmark")
        self._simulation = Simulation(loaded, runtime="virtual", seed=seed, roles=roles)
        self._simulation.open()
        self._result: Result | None = None

    def play(self) -> None:
        """Play to the end, audit included."""
        self._result = self._simulation.run()

    def played(self) -> Played:
        """What came of it.

        Raises:
            RuntimeError: nothing was played, or the audit found a mistake: such a run has no
                speed worth knowing.
        """
        result = self._result
        if result is None or result.latency_s.mean is None or not result.audit.ok:
            raise RuntimeError("the shop was not played to a good end")
        return Played(result.orders.placed, result.latency_s.mean)
