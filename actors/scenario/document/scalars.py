"""Single values: what a text means, decided by the key that it stands under.

YAML 1.2 in manner (no `yes`, no base 60, no dates), with one thing more: a value keeps its
source text until its key is known, so that `NO`, `0123` and `12:30` can be names. Every reader
raises ValueError with advice.
"""

from __future__ import annotations

import math
import re
from typing import Final

from actors.scenario.document.mistakes import quote

__all__ = ["Plain", "is_number", "read_number", "read_text", "read_whole", "text_with_unit"]

MAX_TEXT: Final = 500

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


class Plain(str):
    """A text that was written without quotes, so that it may be a number."""

    __slots__ = ()


def is_number(text: str) -> bool:
    """Whether YAML 1.2 reads the text as a decimal number."""
    return _NUMBER.fullmatch(text) is not None


def read_text(value: object, limit: int = MAX_TEXT) -> str:
    """A text, whatever it looks like."""
    if not isinstance(value, str):
        shape = {"dict": "mapping"}.get(type(value).__name__, type(value).__name__)
        raise ValueError(f"this must be a single value, not a {shape}")  # noqa: TRY004 - for pydantic
    if not value.strip():
        raise ValueError("nothing stands here: give this key a value or leave it out")
    if len(value) > limit:
        raise ValueError(f"{quote(value)} has more than {limit:,} characters")
    return str(value)


def read_whole(value: object) -> int:
    """A whole number: decimal, or as 0x or 0o."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = _number_text(value)
    if _WHOLE.fullmatch(text):
        return int(text, 0 if text[1:2] in {"o", "x"} else 10)
    if re.fullmatch(r"[-+]?[0-9]+", text):
        raise ValueError(f"{quote(text)} is far too large")
    meant = re.sub(r"[,_ ']", "", text)
    hint = f": write {meant}" if _WHOLE.fullmatch(meant) else ""
    raise ValueError(f"{quote(text)} is not a whole number{hint}")


def read_number(value: object) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        text = _number_text(value)
        if not is_number(text):
            raise ValueError(f"{quote(text)} is not a number")
        number = float(text)
    else:
        number = float(value) if abs(value) < 1e300 else math.inf
    if not math.isfinite(number):
        raise ValueError(f"{quote(value)} is not a number that can be counted with")
    return number


def text_with_unit(value: object, units: str) -> str:
    """The text of a quantity that must not lack its unit; only 0 may.

    Args:
        value: as written.
        units: what to offer where the unit is missing, separated by spaces.
    """
    text = str(value) if type(value) in {int, float} else read_text(value)
    if is_number(text) and text != "0":
        ways = [text[:20] + unit for unit in units.split()]
        raise ValueError(f"{quote(text)} has no unit: write {', '.join(ways[:-1])} or {ways[-1]}")
    if "#" in text:
        raise ValueError(f"{quote(text)}: put a space before the # of a comment")
    meant = text.replace(",", "")
    if meant != text and _NUMBER.match(meant):
        raise ValueError(f"{quote(text)} has a comma: write {meant[:20]}")
    return text


def _number_text(value: object) -> str:
    text = read_text(value)
    if not isinstance(value, Plain) and is_number(text):
        raise ValueError(f"{quote(text)} is a text: write the number without quotes")
    return text
