"""Who plays which role: replace a class to try another behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actors.client import Client, ClosedClient, OpenClient, ReplayClient
from actors.collector import Collector
from actors.decisions.routing import STRATEGIES, Strategy
from actors.inventory import Inventory
from actors.processor import Processor
from actors.router import Router
from actors.scenario.model import Group

__all__ = ["Cast"]


@dataclass(frozen=True)
class Cast:
    """Who plays which role; replace a class to try another behaviour."""

    open_client: type[OpenClient] = OpenClient
    closed_client: type[ClosedClient] = ClosedClient
    replay_client: type[ReplayClient] = ReplayClient
    router: type[Router] = Router
    processor: type[Processor] = Processor
    inventory: type[Inventory] = Inventory
    collector: type[Collector] = Collector
    strategies: Mapping[str, type[Strategy[Any]]] = field(default_factory=lambda: STRATEGIES)

    def client_of(self, group: Group) -> type[Client[Any]]:
        """Who plays a group's clients."""
        if group.replay is not None:
            return self.replay_client
        return self.open_client if group.think is None else self.closed_client
