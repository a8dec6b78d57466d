"""For tests of runtimes: an actor that may be told to send to any other, by name."""

from __future__ import annotations

from typing import Any

from actors.runtime.actor import Actor
from actors.runtime.base import Runtime

__all__ = ["Speaker"]


class Speaker(Actor[Any]):
    """Looks references up when it needs them; actors of the product are given theirs."""

    def tell(self, name: str, message: object) -> None:
        """Send to the actor of that name; a dead letter if there is none."""
        runtime = self._host.engine
        assert isinstance(runtime, Runtime)
        runtime.tell(name, message)
