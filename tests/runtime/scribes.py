"""An actor for tests of virtual time: it does what it is told, or writes down what and when."""

from __future__ import annotations

from speaker import Speaker
from typing_extensions import override

from actors.runtime.virtual import VirtualRuntime

Log = list[tuple[float, str, object]]


class Scribe(Speaker):
    """Calls what it is told, and logs everything else with the time."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    @override
    def on_receive(self, message: object) -> object:
        if callable(message):
            return message(self)
        self._log.append((self.now, self.name, message))
        return message


def scribes(runtime: VirtualRuntime, log: Log, *names: str) -> None:
    """Spawn scribes that share a log."""
    for name in names:
        runtime.spawn(name, lambda: Scribe(log))
