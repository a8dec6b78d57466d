"""Where actors run: the runtimes by name, what each is for, and what can be done with it.

The scenario's model, its schema, the flag `--runtime` and the documentation read this table. The
classes of those that run in one process are in `actors.simulation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["IN_SCENARIOS", "REPEATABLE", "RUNTIMES", "RuntimeKind", "meanings"]


class RuntimeKind(NamedTuple):
    """What there is to know of a runtime.

    Attributes:
        meaning: what it is for, in a few words.
        repeatable: the same seed is the same run to the byte, so that runs can be replicated.
        in_scenario: a scenario may name it; otherwise only the command line.
        over_broker: its actors are in several processes, with a broker between them.
    """

    meaning: str
    repeatable: bool = False
    in_scenario: bool = True
    over_broker: bool = False


RUNTIMES: Final[Mapping[str, RuntimeKind]] = MappingProxyType(
    {
        "virtual": RuntimeKind("a virtual clock, repeatable and fast", repeatable=True),
        "threads": RuntimeKind("true concurrency, real time"),
        "pool": RuntimeKind("real time, any number of actors on a few threads"),
        "rabbitmq": RuntimeKind(
            "real time, over a broker and several processes", in_scenario=False, over_broker=True
        ),
    }
)

IN_SCENARIOS: Final = tuple(name for name, kind in RUNTIMES.items() if kind.in_scenario)

REPEATABLE: Final = next(name for name, kind in RUNTIMES.items() if kind.repeatable)


def meanings(*names: str) -> str:
    """What these runtimes are for, in a sentence each."""
    return " ".join(f"{name}: {RUNTIMES[name].meaning}." for name in names)
