"""What happens in a fresh process: one run, measured from inside, told as a line of JSON.

    python -m benchmarks.child MEASURE ARGUMENT…

The arguments are those of the measure's function, numbers as numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import msgspec

__all__ = ["MEASURES"]

# Where each measure lives: a process imports what it measures and nothing else.
MEASURES: Final[Mapping[str, str]] = {
    "shop": "benchmarks.parts.shop:measure_shop",
    "pipeline": "benchmarks.parts.pipelines:measure_pipeline",
    "messages": "benchmarks.parts.messages:measure_messages",
    "memory": "benchmarks.memory:measure_growth",
    "crowd": "benchmarks.crowd:measure_crowd",
    "errands": "benchmarks.crowd:measure_errands",
}


def main(arguments: list[str]) -> None:
    """Do what the arguments say and print what was found."""
    measure, *rest = arguments
    module, _, function = MEASURES[measure].partition(":")
    numbers = [int(word) if word.isdecimal() else word for word in rest]
    found = getattr(import_module(module), function)(*numbers)
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
