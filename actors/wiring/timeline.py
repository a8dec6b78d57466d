"""The cues of a run: what is to happen at which moment, besides what its actors do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from actors.messages import Begin
from actors.runtime.actor import Actor, receives
from actors.runtime.base import Runtime

__all__ = ["Cue", "Timeline"]


class Cue(NamedTuple):
    """Something that happens at a moment, in seconds since the run began.

    `act` is given the runtime, and may restart, pause or resume actors and send messages:

        Cue(300.0, lambda runtime: runtime.pause(runtime.ref("processor/1")))
    """

    at: float
    act: Callable[[Runtime], None]


class Timeline(Actor[Begin | Cue]):
    """Gives each cue at its moment; a cue does not hold a run open.

    Args:
        cues: in any order; those of one moment are given in theirs.
        runtime: what they act upon.
    """

    def __init__(self, cues: Sequence[Cue], runtime: Runtime) -> None:
        super().__init__()
        self._cues = cues
        self._runtime = runtime

    @receives(Begin)
    def begin(self, _begin: Begin) -> None:
        """Wait for the moments."""
        for cue in self._cues:
            self.at(cue.at, cue, background=True)

    @receives(Cue)
    def give(self, cue: Cue) -> None:
        """It is time."""
        cue.act(self._runtime)
