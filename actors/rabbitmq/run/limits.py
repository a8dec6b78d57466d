"""What cannot be had over a broker, said before anything is started."""

from __future__ import annotations

from actors.decisions.routing import STRATEGIES
from actors.errors import UsageError
from actors.inventory import Inventory
from actors.processor import Processor
from actors.scenario.loaded import LoadedScenario
from actors.wiring.roles import Cast

__all__ = ["refuse_cast", "refuse_scenario"]


def refuse_scenario(loaded: LoadedScenario) -> None:
    """Say what a scenario wants in vain.

    Raises:
        UsageError: backorders, or inventories that take time.
    """
    scenario = loaded.scenario
    if scenario.processors.fulfilment == "backorder":
        raise UsageError(
            "processors.fulfilment=backorder is not possible over a broker, where no order waits "
            "for stock: use all_or_nothing or partial"
        )
    if scenario.inventory.service_time.mean:
        raise UsageError(
            "inventory.service_time is not possible over a broker, where stock changes in batches: "
            "use --set inventory.service_time=0ms, or another runtime"
        )


def refuse_cast(cast: Cast) -> None:
    """Say which roles are played in vain: those that are the workers', and the strategy.

    Raises:
        UsageError: another processor, another inventory, or other strategies.
    """
    if cast.processor is not Processor:
        raise UsageError(_elsewhere(f"processor={cast.processor.__name__}"))
    if cast.inventory is not Inventory:
        raise UsageError(_elsewhere(f"inventory={cast.inventory.__name__}"))
    if cast.strategies != STRATEGIES:
        raise UsageError(
            "a Cast with strategies is not possible over a broker, where an order goes to the "
            "shard of its first product: leave them as they are, or use another runtime"
        )


def _elsewhere(role: str) -> str:
    return (
        f"a Cast with {role} is not possible over a broker, where workers, other processes, play "
        "that role: leave it as it is, or use another runtime"
    )
