"""The two values of a recorded row that mean more than their text: its time, its quantity."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Final

__all__ = ["Quantity", "Timeline", "read_quantity"]

Quantity = int | float | str  # a whole number, a fraction, or what stood there instead

# As many decimals as the shortest text of a float may have: our own order records have them.
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,30})?(?:[eE][+-]?[0-9]{1,2})?")
_LARGEST: Final = 10**15  # beyond, a float of seconds has no digits left for fractions


def read_quantity(value: object) -> Quantity:
    """The quantity that a row has: `12`, `12.0` and 12 are 12; what is no number stays text."""
    if isinstance(value, str) and len(value) < 16 and value.isdecimal() and value.isascii():
        return int(value)
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    text = str(value)
    number = _number(text)
    if number is None:
        return text
    return int(number) if number == number.to_integral_value() else float(number)


def _number(text: str) -> Decimal | None:
    """The exact number that a text is, or None."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    number = Decimal(text.strip())
    return number if abs(number) <= _LARGEST else None


class Timeline:
    """Turns the times of a log, seconds or ISO 8601, into seconds since the first one read.

    All must be of one kind: a difference between a clock with an offset from UTC and one
    without has no meaning. Seconds are subtracted as decimals and dates as dates, so that
    times of the present day lose no digits.
    """

    def __init__(self) -> None:
        self._last: object = None
        self._last_seconds = 0.0
        self._origin: Decimal | datetime | None = None

    def seconds(self, time: str | float) -> float:
        """Seconds from the first time read to this one; negative when it is earlier.

        Raises:
            ValueError: it is not a time, or not of the first one's kind.
        """
        # The rows of an order stand together and share their time.
        if time != self._last:
            self._last_seconds = self._since_origin(time)
            self._last = time
        return self._last_seconds

    def _since_origin(self, time: str | float) -> float:
        moment = _moment(str(time))
        if self._origin is None:
            self._origin = moment
        origin = self._origin
        if isinstance(moment, Decimal) and isinstance(origin, Decimal):
            return float(moment - origin)
        if (
            isinstance(moment, datetime)
            and isinstance(origin, datetime)
            and (moment.utcoffset() is None) == (origin.utcoffset() is None)
        ):
            return (moment - origin).total_seconds()
        raise ValueError(f"the time {time} is {_kind(moment)}, the first row's {_kind(origin)}")


def _moment(text: str) -> Decimal | datetime:
    number = _number(text)
    if number is not None:
        return number
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"the time {text[:40]!r} is neither ISO 8601 (2011-11-14 08:10:00) nor seconds"
        ) from None


def _kind(moment: Decimal | datetime) -> str:
    if isinstance(moment, Decimal):
        return "in seconds"
    return "a date with no offset" if moment.utcoffset() is None else "a date with an offset"
