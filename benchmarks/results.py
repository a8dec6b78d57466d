"""What was measured last, part by part, kept in `results.json`.

So that one part can be measured again without the others. Every ratio is taken within one part,
and a part is always replaced as a whole: no figure mixes two runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from benchmarks.errors import CannotMeasure
from benchmarks.machine import Circumstances
from benchmarks.parts.growth import Found as GrowthFound
from benchmarks.parts.messages import Found as MessagesFound
from benchmarks.speed import Contest

__all__ = ["RESULTS", "Measured", "Results", "load", "save"]

RESULTS: Final = Path(__file__).with_name("results.json")

Finding = TypeVar("Finding")


class Measured(msgspec.Struct, Generic[Finding], frozen=True):
    """What a part found, and under which circumstances."""

    circumstances: Circumstances
    found: Finding


class Results(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last measurement of each part; None: never measured."""

    shop: Measured[Contest] | None = None
    pipelines: Measured[Contest] | None = None
    messages: Measured[MessagesFound] | None = None
    growth: Measured[GrowthFound] | None = None
    replications: Measured[Contest] | None = None


def load(path: Path) -> Results:
    """What is kept in a file; nothing if there is none.

    Raises:
        CannotMeasure: the file holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except FileNotFoundError:
        return Results()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotMeasure(f"{path} is no results file: {error}; delete it") from error


def save(path: Path, results: Results) -> None:
    """Keep results in a file, whole or not at all."""
    draft = path.with_suffix(".tmp")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    draft.replace(path)
