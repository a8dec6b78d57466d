"""An actor for tests of the runtimes on the wall clock: it does what it is told."""

from __future__ import annotations

from speaker import Speaker
from typing_extensions import override

from actors.runtime.base import Runtime


class Doer(Speaker):
    """Calls what it is told, and remembers everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.errors: list[BaseException] = []

    @override
    def on_receive(self, message: object) -> object:
        if callable(message):
            return message(self)
        self.heard.append(message)
        return message

    @override
    def on_crash(self, message: object, error: BaseException) -> None:
        self.errors.append(error)


def doer(runtime: Runtime, name: str) -> Doer:
    """Spawn a doer and return it."""
    runtime.spawn(name, Doer)
    actor = runtime.actor(name)
    assert isinstance(actor, Doer)
    return actor
