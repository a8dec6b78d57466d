"""The values of flags that are numbers, refused in words instead of ranges."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import click

__all__ = ["jobs", "replication", "replications", "seed", "speed"]

MAX_SEED: Final = 2**63 - 1
MAX_SPEED: Final = 1e9
MOST_REPLICATIONS: Final = 100_000
MOST_JOBS: Final = 1_000


def whole_number(
    least: int, most: int
) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """Reads a whole number from `least` to `most`."""

    def read(_ctx: click.Context, _param: click.Parameter, text: str | None) -> int | None:
        if text is None:
            return None
        plain = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not plain or not least <= int(text) <= most:
            raise click.BadParameter(f"{text!r} is not a whole number from {least} to {most:,}")
        return int(text)

    return read


seed = whole_number(0, MAX_SEED)
replication = whole_number(0, MOST_REPLICATIONS - 1)
replications = whole_number(1, MOST_REPLICATIONS)
jobs = whole_number(1, MOST_JOBS)


def speed(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    """A number above 0: scenario seconds a real second.

    Raises:
        click.BadParameter: the text is none.
    """
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number <= MAX_SPEED:
        raise click.BadParameter(f"{text!r} is not a number above 0, up to {MAX_SPEED:,.0f}")
    return number
