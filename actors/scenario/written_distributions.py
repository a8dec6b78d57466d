"""Distributions as a scenario writes them: read, described to people and to editors."""

from __future__ import annotations

from typing import Final

from actors.common.units import parse_duration
from actors.scenario.distributions import FAMILIES, Constant, Distribution
from actors.scenario.nearest import did_you_mean
from actors.scenario.parameters import DURATION

__all__ = ["PATTERN", "WORDS", "parse_distribution"]

_FORMS: Final = [f"{name} {family.form.words}" for name, family in FAMILIES.items()]

WORDS: Final = f"a duration such as 12ms, {', '.join(_FORMS[:-1])} or {_FORMS[-1]}"
"""What can be written, for people."""

PATTERN: Final = "|".join(
    [DURATION, *(rf"{name}\s+{family.form.pattern}" for name, family in FAMILIES.items())]
)
"""The same as a regular expression, for editors."""


def parse_distribution(text: str) -> Distribution:
    """The distribution that a scenario writes as `text`.

    Raises:
        ValueError: it is none of them; the message says what to write.
    """
    name, *rest = text.split(maxsplit=1) or [""]
    if family := FAMILIES.get(name):
        return family.make(text, *family.form.read(text, "".join(rest).strip()))
    if name[:1].isalpha():
        raise ValueError(
            f"{text!r} is not a distribution: write a duration or {', '.join(FAMILIES)}"
            f"{did_you_mean(name, FAMILIES)}"
        )
    return Constant(text, parse_duration(text), 0.0)
