"""The JSON order at the border: written by clients, read strictly by the router.

msgspec refuses what is not JSON, NaN, unknown fields and wrong types, but takes duplicate
keys silently (the last wins). Encoding what was read gives the same text again exactly when
nothing was swallowed, so the common case costs one encode, and nothing where the very text was
written here just before. Only texts that differ (other spacing, another order of keys) are read
a second time with a parser that sees every key.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from actors.common.visible_text import visible
from actors.messages import Order

__all__ = [
    "MAX_BYTES",
    "MAX_LINES",
    "MAX_NAME",
    "MAX_QUANTITY",
    "InvalidOrder",
    "all_say",
    "check_order",
    "decode_order",
    "encode_order",
    "find_order",
    "says",
]

MAX_BYTES: Final = 256 * 1024
MAX_LINES: Final = 1_000
MAX_QUANTITY: Final = 1_000_000
MAX_NAME: Final = 200
MAX_PRIORITY: Final = 1_000_000
MAX_USUAL: Final = 10_000  # names that need not be looked at again
MAX_WORDS: Final = 160  # of a complaint, which may quote the text

_POSITION: Final = re.compile(r"\[\d+\]")

_encoder: Final = msgspec.json.Encoder()
_encode = _encoder.encode
_encode_lines = _encoder.encode_lines
_decode = msgspec.json.Decoder(Order).decode


class _Own:
    """The text that was written here last: bytes cannot change, so it is known to be canonical."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = b""


_own: Final = _Own()
_usual: Final = set[str]()


class InvalidOrder(ValueError):
    """The text is not a valid order; the message says why, in words fit for a report."""


def encode_order(order: Order) -> bytes:
    """The order as canonical JSON."""
    text = _own.text = _encode(order)
    return text


def decode_order(body: bytes) -> Order:
    """The order that a JSON text describes.

    Raises:
        InvalidOrder: not JSON, not UTF-8, over 256 KiB, duplicate keys, NaN, unknown or missing
            fields, over 1,000 lines or none, a quantity outside 1..1,000,000, an empty or
            overlong name, or one with control characters.
    """
    if len(body) > MAX_BYTES:
        raise InvalidOrder(f"over {MAX_BYTES // 1024} KiB")
    try:
        order = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidOrder(_why(error)) from error
    if body is not _own.text and _encode(order) != body:
        _refuse_duplicate_keys(body)
    check_order(order)
    return order


def says(name: str, body: bytes, order: Order) -> bool:
    """Whether a JSON text describes this order of this name; quick where it is canonical."""
    return order.id == name and (_encode(order) == body or find_order(body) == order)


def all_say(bodies: Sequence[bytes], orders: Sequence[Order]) -> bool:
    """Whether each JSON text is the canonical one of its order: many are quicker than each."""
    return _encode_lines(orders) == b"\n".join([*bodies, b""])


def find_order(body: bytes) -> Order | None:
    """The order that a JSON text describes, None if it is no valid one."""
    try:
        return decode_order(body)
    except InvalidOrder:
        return None


def check_order(order: Order) -> None:
    """Hold an order to the rules that its types do not tell.

    Raises:
        InvalidOrder: over 1,000 lines or none, a quantity outside 1..1,000,000, an empty or
            overlong name, or one with control characters.
    """
    lines = order.lines
    if not 0 < len(lines) <= MAX_LINES:
        raise InvalidOrder("no lines" if not lines else f"over {MAX_LINES:,} lines")
    for line in lines:
        if not 0 < line.quantity <= MAX_QUANTITY:
            raise InvalidOrder(f"a quantity is outside 1..{MAX_QUANTITY:,}")
        _check_usual_name(line.sku)
    if not -MAX_PRIORITY <= order.priority <= MAX_PRIORITY:
        raise InvalidOrder(f"priority is outside ±{MAX_PRIORITY:,}")
    _check_name(order.id)
    _check_usual_name(order.client)


def _why(error: Exception) -> str:
    """The decoder's complaint without positions, so that alike mistakes count as one."""
    if isinstance(error, msgspec.ValidationError):
        words = _POSITION.sub("[...]", str(error))
        # It quotes unknown names, and those are as long and as wild as the sender likes.
        return visible(words[:MAX_WORDS])[:MAX_WORDS]
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    words = str(error).partition(" (byte")[0]
    return "not JSON: " + words.removeprefix("JSON is malformed: ")


def _refuse_duplicate_keys(body: bytes) -> None:
    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        keys = dict(items)
        if len(keys) != len(items):
            raise InvalidOrder("duplicate keys")
        return keys

    json.loads(body, object_pairs_hook=pairs)


def _check_usual_name(name: str) -> None:
    """The same for products and clients, whose names come again and again."""
    if name not in _usual:
        _check_name(name)
        if len(_usual) < MAX_USUAL:
            _usual.add(name)


def _check_name(name: str) -> None:
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidOrder(f"a name is not 1 to {MAX_NAME} characters long")
    if not name.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        raise InvalidOrder("a name has control characters")
