"""The values of flags that are numbers, refused in words instead of ranges."""

from __future__ import annotations

import math
from typing import Final

import click

__all__ = ["seed", "speed"]

MAX_SEED: Final = 2**63 - 1
MAX_SPEED: Final = 1e9


def seed(_ctx: click.Context, _param: click.Parameter, text: str | None) -> int | None:
    """A whole number from 0 to 2⁶³ − 1.

    Raises:
        click.BadParameter: the text is none.
    """
    if text is None:
        return None
    plain = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SEED))
    if not plain or int(text) > MAX_SEED:
        raise click.BadParameter(f"{text!r} is not a whole number from 0 to {MAX_SEED:,}")
    return int(text)


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
