"""A scenario that has been read and checked, with everything a run needs of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from actors.scenario.model import Product, Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from actors.scenario.choices import Weighted
    from actors.scenario.recorded.recording import Recording

__all__ = ["LoadedScenario"]


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario that can be played.

    Attributes:
        scenario: what it says.
        path: its file; None for a text.
        sha256: of the file's bytes, before `--set`.
        overrides: what `--set` changed: value by key, both as written.
        recordings: the logs of the groups that replay one, by group.
    """

    scenario: Scenario
    path: Path | None
    sha256: str
    overrides: dict[str, str]
    recordings: Mapping[str, Recording]

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """The listed products, then those that a replay's `stock` makes, by first appearance."""
        products = dict(self.scenario.products)
        for group, recording in self.recordings.items():
            replay = self.scenario.clients[group].replay
            if replay is not None and replay.stock is not None:
                made = Product(stock=replay.stock)
                for sku in recording.skus:
                    products.setdefault(sku, made)
        return products

    @property
    def made_products(self) -> int:
        """How many products a replay made."""
        return len(self.products) - len(self.scenario.products)

    @property
    def horizon(self) -> float:
        """When the last order is scheduled to be placed at the latest, in seconds."""
        logs = [recording.orders for recording in self.recordings.values()]
        return max([self.scenario.horizon, *(orders[-1].at for orders in logs if orders)])

    def inputs(self) -> frozenset[Path]:
        """The files that were read, resolved: a run must not write over them."""
        replays = [group.replay for group in self.scenario.clients.values()]
        files = [replay.file for replay in replays if replay is not None]
        return frozenset(path.resolve() for path in [*files, self.path] if path is not None)

    def recording(self, group: str) -> Recording:
        """The log that a group replays.

        Raises:
            KeyError: it replays none.
        """
        return self.recordings[group]

    def sku_choice(self, group: str) -> Weighted[str]:
        """How a group's orders choose among the listed products."""
        return self.scenario.sku_choice(group)
