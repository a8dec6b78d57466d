"""Every error stocksim raises on purpose, as one tree.

StocksimError
├── ScenarioError      a scenario or a file it names is wrong (exit 2)
├── UsageError         a flag or an argument is wrong (exit 2)
├── ReplicationFailed  a replication could not be played to its end (exit 1)
├── BrokerUnreachable  no RabbitMQ answers there (exit 2)
├── BrokerRefused      RabbitMQ answers, but not to this (exit 2)
├── WorkerFailed       worker processes end as soon as they are started (exit 2)
├── RuntimeMisuse      an actor asked its runtime for something it must not have
│   ├── UnknownActor       no actor of that name was ever spawned
│   └── BlockingInHandler  a handler waited for a future: nothing may block there
└── StoreError         the store that processes share (exit 2)
    ├── StoreUnreachable   it cannot be reached or used
    ├── UnknownRun         it has no such run
    ├── RunDiffers         it has the run, made from another scenario
    └── BatchUndone        a batch did not take effect, or may not have: play it again
        └── Fenced             somebody else wrote first
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from actors.common.visible_text import visible
from actors.vocabulary.exit_codes import ExitCode

__all__ = [
    "BatchUndone",
    "BlockingInHandler",
    "BrokerRefused",
    "BrokerUnreachable",
    "Fenced",
    "ReplicationFailed",
    "RunDiffers",
    "RuntimeMisuse",
    "ScenarioError",
    "StocksimError",
    "StoreError",
    "StoreUnreachable",
    "UnknownActor",
    "UnknownRun",
    "UsageError",
    "WorkerFailed",
]


class StocksimError(Exception):
    """The root: its text says what is wrong, where, and what to do.

    Each argument is a line of it. The text may quote whatever it likes: as shown, nothing in it
    acts on a terminal or makes a line of its own.

    Attributes:
        exit_code: how the command ends when nobody catches it.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE

    def shown(self, *, ascii_only: bool = False) -> str:
        """The text for a terminal, or for one that has nothing but ASCII."""
        return "\n".join([visible(str(line), ascii_only=ascii_only) for line in self.args])

    @override
    def __str__(self) -> str:
        return self.shown()


class ScenarioError(StocksimError):
    """One or many mistakes in a scenario; the text lists every one with its place.

    Args:
        lines: of the text.
        plain: the same in ASCII, with each caret below what it points at there.
    """

    def __init__(self, *lines: str, plain: Sequence[str] = ()) -> None:
        super().__init__(*lines)
        self._plain = tuple(plain)

    @override
    def shown(self, *, ascii_only: bool = False) -> str:
        if ascii_only and self._plain:
            return "\n".join(self._plain)
        return super().shown(ascii_only=ascii_only)


class UsageError(StocksimError):
    """A flag or an argument that cannot be used as given."""


class ReplicationFailed(StocksimError):
    """A replication could not be played to its end: its worker died, or nobody can be reached."""

    exit_code = ExitCode.INTERNAL


class BrokerUnreachable(StocksimError):
    """No RabbitMQ could be reached where it was said to be."""


class BrokerRefused(StocksimError):
    """RabbitMQ would not have it: another kind of queue of that name, or one that is in use."""


class WorkerFailed(StocksimError):
    """The worker processes that a run starts cannot work; the text has their own complaint."""


class RuntimeMisuse(StocksimError):
    """An actor or a test asked the runtime for something that it must not have."""


class UnknownActor(RuntimeMisuse):
    """No actor of that name was ever spawned on this runtime."""


class BlockingInHandler(RuntimeMisuse):
    """A handler waited for a future; send a message and handle its answer instead."""


class StoreError(StocksimError):
    """Something about the store that several processes share."""


class StoreUnreachable(StoreError):
    """The store could not be reached or used, however long it was tried."""


class UnknownRun(StoreError):
    """The store has no such run: it is another store, or the run was removed."""


class RunDiffers(StoreError):
    """The store has a run of that id that was made from another scenario."""


class BatchUndone(StoreError):
    """A batch did not take effect, or nobody knows whether it did: play it again."""


class Fenced(BatchUndone):
    """Somebody else has written a row or an outcome of the batch since it was read."""
