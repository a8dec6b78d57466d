"""For tests of actors: a stage to put them on, a probe that remembers, and mishaps to survive.

mishaps = Mishaps()
mishaps.drop("router", Place, nth=2)        # the second that is sent there is lost
stage = Stage(interceptor=mishaps)          # virtual time: no sleeping, no flaking
processor = stage.probe("processor/1")      # stands in for whoever would be told
router = stage.spawn("router", lambda: Router(...)).actor_ref
router.tell(Ready(processor.actor_ref))
router.tell(place)
stage.play()
assert processor.heard == []
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from typing_extensions import override

from actors.runtime.actor import Actor
from actors.runtime.base import RunEnding, Runtime
from actors.runtime.interception import Interceptor
from actors.runtime.mishaps import Crashed, Mishaps
from actors.runtime.virtual import VirtualRuntime

__all__ = ["Crashed", "Mishaps", "Probe", "Stage"]

Role = TypeVar("Role", bound=Actor[Any])


class Probe(Actor[Any]):
    """Remembers every message it is told, and when (seconds)."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.heard_at: list[float] = []

    @override
    def on_receive(self, message: object) -> None:
        """Remember the message, of whatever class."""
        self.heard.append(message)
        self.heard_at.append(self.now)

    def of(self, kind: type[Heard]) -> list[Heard]:
        """The messages of one class, in the order they came."""
        return [message for message in self.heard if isinstance(message, kind)]


Heard = TypeVar("Heard")


class Stage:
    """A runtime with actors on it, for one test.

    Args:
        runtime: where they run; virtual time unless said otherwise.
        interceptor: sees every message, where no runtime is given.
    """

    def __init__(
        self, runtime: Runtime | None = None, *, interceptor: Interceptor | None = None
    ) -> None:
        self.runtime = runtime or VirtualRuntime(interceptor=interceptor)

    def spawn(self, name: str, factory: Callable[[], Role]) -> Role:
        """Make an actor and return it, for looking at its figures."""
        return self.runtime.enlist(name, factory)

    def probe(self, name: str) -> Probe:
        """A probe that answers to this name."""
        return self.spawn(name, Probe)

    def tell(self, name: str, message: object) -> None:
        """Send a message from outside."""
        self.runtime.tell(name, message)

    def play(self) -> RunEnding:
        """Play until nothing is left to happen."""
        return self.runtime.run()

    @property
    def crashes(self) -> int:
        """How many handlers raised so far; an actor goes on afterwards, so a test has to ask."""
        return self.runtime.crashes

    def close(self) -> None:
        """Stop every actor."""
        self.runtime.stop()
