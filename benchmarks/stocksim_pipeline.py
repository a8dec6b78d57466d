"""The pipeline in stocksim, on a runtime of real time, with its statistics and its audit."""

from __future__ import annotations

from actors import Result, Simulation, load_text
from benchmarks.pipeline import CLIENTS, PROCESSORS, PRODUCTS, STOCK

__all__ = ["StocksimPipeline"]

SCENARIO = """
stocksim: 1
products: {{P-01..{products}: {{stock: {stock}}}}}
processors: {{count: {processors}, service_time: 0ms}}
clients:
  web:
    count: {clients}
    phases: {{flood: {{duration: 1s, rate: 0/s, burst: {orders}}}}}
    orders: {{sku: zipf 1}}
"""


class StocksimPipeline:
    """The pipeline, ready to be played.

    Args:
        runtime: where the actors run.
        orders: how many the clients place in all, every one due at once.
        seed: of all that chance decides.
    """

    def __init__(self, runtime: str, orders: int, seed: int) -> None:
        text = SCENARIO.format(
            products=PRODUCTS, stock=STOCK, processors=PROCESSORS, clients=CLIENTS, orders=orders
        )
        loaded = load_text(text, name="pipeline")
        self._simulation = Simulation(loaded, runtime=runtime, seed=seed)
        self._simulation.open()
        self._result: Result | None = None

    def play(self) -> None:
        """Play to the end, audit included."""
        self._result = self._simulation.run()

    def recorded(self) -> int:
        """How many orders were fulfilled; 0 if the audit found a mistake."""
        result = self._result
        return result.orders.fulfilled if result is not None and result.audit.ok else 0
