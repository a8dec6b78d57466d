"""The types of a scenario's values: how each is read, and how the JSON Schema describes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final, Literal

from actors.common.units import parse_duration, parse_rate
from actors.measure.thresholds.reading import parse_threshold
from actors.measure.thresholds.threshold import Threshold
from actors.scenario.base import Parsed
from actors.scenario.choices import IntRange, parse_int_range
from actors.scenario.distributions import Distribution
from actors.scenario.document.mistakes import quote
from actors.scenario.document.scalars import read_number, read_text, read_whole, text_with_unit
from actors.scenario.names import check_group_name, check_name, count_names
from actors.scenario.nearest import did_you_mean
from actors.scenario.parameters import DURATION
from actors.scenario.written_distributions import PATTERN, parse_distribution

__all__ = [
    "Condition",
    "GroupName",
    "Key",
    "Length",
    "Maximum",
    "Name",
    "ProductKey",
    "Prose",
    "Rate",
    "Seconds",
    "Times",
    "Version",
    "number",
    "one_of",
    "span",
    "whole",
]

MAX_SECONDS: Final = 1e9  # 31 years
MAX_RATE: Final = 1e12
MAX_PROSE: Final = 10_000

_RATE: Final = r"[0-9]+(\.[0-9]+)?\s*/\s*(s|min|h|d)"


def _read_seconds(value: object) -> float:
    seconds = parse_duration(text_with_unit(value, "ms s min h d"))
    if seconds > MAX_SECONDS:
        raise ValueError(f"{quote(value)} is more than 31 years")
    return seconds


def _read_length(value: object) -> float:
    seconds = _read_seconds(value)
    if not seconds:
        raise ValueError(f"{quote(value)} is no time at all: it must be more than 0")
    return seconds


def _read_rate(value: object) -> float:
    text = text_with_unit(value, "/s /min /h")
    if text == "0":
        raise ValueError("'0' has no unit: write 0/s")
    rate = parse_rate(text)
    if rate > MAX_RATE:
        raise ValueError(f"{quote(value)} is more than {MAX_RATE:,.0f} a second")
    return rate


def _read_times(value: object) -> Distribution:
    if isinstance(value, Distribution):
        return value
    times = parse_distribution(text_with_unit(value, "ms s min h"))
    if times.mean > MAX_SECONDS:
        raise ValueError(f"{quote(value)} has a mean of more than 31 years")
    return times


def _read_threshold(value: object) -> Threshold:
    return value if isinstance(value, Threshold) else parse_threshold(read_text(value))


def _read_name(value: object) -> str:
    return check_name(read_text(value))


def _read_group_name(value: object) -> str:
    return check_group_name(str(value))


def _read_key(value: object) -> str:
    return check_name(str(value))


def _read_product_key(value: object) -> str:
    count_names(str(value))
    return str(value)


def _read_version(value: object) -> int:
    version = read_whole(value)
    if version != 1:
        raise ValueError(f"this stocksim reads format 1, not {version}")
    return version


def _read_prose(value: object) -> str:
    if isinstance(value, str) and not value.strip():
        return ""
    text = read_text(value, MAX_PROSE)
    if any(not character.isprintable() and character not in "\n\t" for character in text):
        raise ValueError("a description cannot have control characters")
    return text


class Maximum:
    """The largest numbers that a scenario may ask for."""

    ACTORS: Final = 100_000
    STOCK: Final = 10**12
    ORDERS: Final = 10**9
    PRIORITY: Final = 1_000_000
    THRESHOLDS: Final = 1000


def span(low: int, high: int) -> Parsed:
    """Ranges of whole numbers within those bounds, both included."""

    def read(value: object) -> IntRange:
        if isinstance(value, IntRange):
            found = value
        else:
            found = parse_int_range(value if isinstance(value, int) else read_text(value))
        if not low <= found.low <= found.high <= high:
            raise ValueError(f"{quote(value)} must stay within {low} and {high:,}")
        return found

    number = {"type": "integer", "minimum": low, "maximum": high}
    return Parsed(read, {"anyOf": [number, _text(r"[0-9]+(\s*\.\.\s*[0-9]+)?")]})


def whole(low: int, high: int) -> Parsed:
    """Whole numbers within those bounds, both included."""

    def read(value: object) -> int:
        number = read_whole(value)
        if not low <= number <= high:
            raise ValueError(f"{number} is not within {low} and {high:,}")
        return number

    return Parsed(read, {"type": "integer", "minimum": low, "maximum": high})


def number(low: float, high: float) -> Parsed:
    """Numbers within those bounds, both included."""

    def read(value: object) -> float:
        number = read_number(value)
        if not low <= number <= high:
            raise ValueError(f"{quote(value)} is not within {low:g} and {high:,.0f}")
        return number

    return Parsed(read, {"type": "number", "minimum": low, "maximum": high})


def one_of(names: Iterable[str]) -> Parsed:
    """These texts and no other."""
    choices = list(names)

    def read(value: object) -> str:
        text = read_text(value)
        if text not in choices:
            hint = did_you_mean(text, choices)
            raise ValueError(f"{quote(text)} is not one of {', '.join(choices)}{hint}")
        return text

    return Parsed(read, {"enum": choices})


def _text(pattern: str) -> dict[str, object]:
    return {"type": "string", "pattern": rf"^\s*({pattern})\s*$"}


def _or_zero(pattern: str) -> dict[str, object]:
    return {"anyOf": [_text(pattern), {"const": 0}]}


Name = Annotated[str, Parsed(_read_name, {"type": "string", "minLength": 1, "maxLength": 200})]
Key = Annotated[str, Parsed(_read_key, {"type": "string"})]
GroupName = Annotated[str, Parsed(_read_group_name, {"type": "string"})]
ProductKey = Annotated[str, Parsed(_read_product_key, {"type": "string"})]
Prose = Annotated[str, Parsed(_read_prose, {"type": "string"})]
Seconds = Annotated[float, Parsed(_read_seconds, _or_zero(DURATION))]
Length = Annotated[float, Parsed(_read_length, _text(DURATION))]
Rate = Annotated[float, Parsed(_read_rate, _text(_RATE))]
Times = Annotated[Distribution, Parsed(_read_times, _or_zero(PATTERN))]
Condition = Annotated[Threshold, Parsed(_read_threshold, {"type": "string"})]
Version = Annotated[Literal[1], Parsed(_read_version, {"const": 1})]
