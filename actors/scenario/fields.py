"""The single values of a scenario: how each is read, and how the JSON Schema describes it.

A value comes as text, `Plain` where it was written without quotes: what it means is decided
here, by the key that it stands under, in the manner of YAML 1.2 (no `yes`, no base 60, no
dates). Programs may give numbers as numbers. Every reader raises ValueError with advice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from actors.measure.thresholds import Threshold, parse_threshold
from actors.scenario.choices import IntRange, parse_int_range
from actors.scenario.mistakes import quote
from actors.scenario.names import check_name
from actors.scenario.sampling import Distribution, parse_distribution
from actors.units import parse_duration, parse_rate

__all__ = [
    "Limit",
    "Number",
    "Plain",
    "Prose",
    "Rate",
    "Seconds",
    "Span",
    "Text",
    "Times",
    "Whole",
    "Word",
    "number_of",
    "read_text",
    "span",
]

MAX_SECONDS: Final = 1e9  # 31 years
MAX_RATE: Final = 1e12
MAX_TEXT: Final = 500
MAX_PROSE: Final = 10_000

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DURATION: Final = r"[0-9]+(\.[0-9]+)?\s*(ms|s|min|h|d)"
_TIMES: Final = (
    rf"{_DURATION}|exponential\s+{_DURATION}|uniform\s+{_DURATION}\s*\.\.\s*{_DURATION}"
    rf"|(lognormal|gamma)\s+{_DURATION}\s+[0-9]+(\.[0-9]+)?"
)

T = TypeVar("T")


class Plain(str):
    """A text that was written without quotes, so that it may be a number."""

    __slots__ = ()


def read_text(value: object, limit: int = MAX_TEXT) -> str:
    """A text, whatever it looks like."""
    if not isinstance(value, str):
        shape = "mapping" if isinstance(value, dict) else type(value).__name__
        raise ValueError(f"this must be a single value, not a {shape}")  # noqa: TRY004 - pydantic
    if not value.strip():
        raise ValueError("nothing follows this key: give it a value or leave it out")
    if len(value) > limit:
        raise ValueError(f"{quote(value)} has more than {limit:,} characters")
    return str(value)


def read_whole(value: object) -> int:
    """A whole number, decimal or as 0x or 0o."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = _number_text(value)
    if _WHOLE.fullmatch(text):
        return int(text, 0 if text[1:2] in {"o", "x"} else 10)
    if re.fullmatch(r"[-+]?[0-9]{19,}", text):
        raise ValueError(f"{quote(text)} is far too large")
    meant = re.sub(r"[,_ ']", "", text)
    hint = f": write {meant}" if _WHOLE.fullmatch(meant) else ""
    raise ValueError(f"{quote(text)} is not a whole number{hint}")


def number_of(value: object) -> float:
    """A finite number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e300 else math.inf  # noqa: PLR2004 - about the largest float
    else:
        text = _number_text(value)
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{quote(text)} is not a number")
        number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{quote(value)} is not a number that can be counted with")
    return number


def _number_text(value: object) -> str:
    text = read_text(value)
    if not isinstance(value, Plain) and _NUMBER.fullmatch(text):
        raise ValueError(f"{quote(text)} is a text: write the number without quotes")
    return text


def _with_unit(value: object, units: str) -> str:
    """The text of a quantity that must not lack its unit."""
    text = str(value) if type(value) in {int, float} else read_text(value)
    if _NUMBER.fullmatch(text) and text != "0":
        ways = ", ".join(text + unit for unit in units.split())
        raise ValueError(f"{quote(text)} has no unit: write {ways}")
    if "#" in text:
        raise ValueError(f"{quote(text)}: put a space before the # of a comment")
    meant = text.replace(",", "")
    if meant != text and _NUMBER.match(meant):
        raise ValueError(f"{quote(text)} has a comma: write {meant}")
    return text


def _read_seconds(value: object) -> float:
    seconds = parse_duration(_with_unit(value, "ms s min h d"))
    if seconds > MAX_SECONDS:
        raise ValueError(f"{quote(value)} is more than 31 years")
    return seconds


def _read_rate(value: object) -> float:
    rate = parse_rate(_with_unit(value, "/s /min /h"))
    if rate > MAX_RATE:
        raise ValueError(f"{quote(value)} is more than {MAX_RATE:g}/s")
    return rate


def _read_times(value: object) -> Distribution:
    if isinstance(value, Distribution):
        return value
    times = parse_distribution(_with_unit(value, "ms s min h"))
    if times.mean > MAX_SECONDS:
        raise ValueError(f"{quote(value)} has a mean of more than 31 years")
    return times


def _read_threshold(value: object) -> Threshold:
    return value if isinstance(value, Threshold) else parse_threshold(read_text(value))


def _read_name(value: object) -> str:
    return check_name(read_text(value))


def _read_prose(value: object) -> str:
    text = value if isinstance(value, str) and not value.strip() else read_text(value, MAX_PROSE)
    if any(not c.isprintable() and c not in "\n\t" for c in text):
        raise ValueError("a description cannot have control characters")
    return str(text)


def span(low: int, high: int) -> Callable[[object], IntRange]:
    """A reader of ranges within those bounds, both included."""

    def read(value: object) -> IntRange:
        if isinstance(value, IntRange):
            found = value
        else:
            found = parse_int_range(value if isinstance(value, int) else read_text(value))
        if not low <= found.low <= found.high <= high:
            raise ValueError(f"{quote(value)} must stay within {low} and {high:,}")
        return found

    return read


class Limit:
    """The largest numbers that a scenario may ask for."""

    ACTORS: Final = 100_000
    STOCK: Final = 10**12
    ORDERS: Final = 10**9


def _json(kind: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, "pattern": f"^\\s*({pattern})\\s*$"})


def _or_zero(pattern: str) -> WithJsonSchema:
    text = {"type": "string", "pattern": f"^\\s*({pattern})\\s*$"}
    return WithJsonSchema({"anyOf": [text, {"const": 0}]})


Span = WithJsonSchema(
    {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\s*[0-9]+\s*\.\.\s*[0-9]+\s*$"}]}
)
Text = Annotated[str, BeforeValidator(_read_name)]
Prose = Annotated[str, BeforeValidator(_read_prose)]
Word = BeforeValidator(read_text)
Whole = Annotated[int, BeforeValidator(read_whole)]
Number = Annotated[float, BeforeValidator(number_of)]
Seconds = Annotated[float, BeforeValidator(_read_seconds), _or_zero(_DURATION)]
Rate = Annotated[
    float, BeforeValidator(_read_rate), _json("string", r"[0-9]+(\.[0-9]+)?\s*/\s*(s|min|h|d)")
]
Times = Annotated[Distribution, PlainValidator(_read_times), _or_zero(_TIMES)]
Limits = Annotated[
    Threshold, PlainValidator(_read_threshold), WithJsonSchema({"type": "string"})
]
