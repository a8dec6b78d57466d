"""The rows of a JSON Lines log: an object a row, or whole orders as `--orders` writes them."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from actors.scenario.recorded.recording import ReplayError
from actors.vocabulary.outcomes import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from actors.scenario.recorded.rows_to_orders import Assembly

__all__ = ["MAX_LINE", "read_json_lines"]

MAX_LINE: Final = 256 * 1024  # bytes

_Take = Callable[[int, bytes], None]


class _Line(msgspec.Struct):
    sku: str
    quantity: int | float | str


class _WholeOrder(msgspec.Struct):
    """What replaying needs of a line of an `--orders` file."""

    id: str
    placed_s: float
    lines: Annotated[list[_Line], msgspec.Meta(min_length=1)]
    client: str | None = None
    kind: Kind | None = None
    priority: Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)] = 0


def read_json_lines(path: Path, columns: Mapping[str, str], assembly: Assembly) -> None:
    """Hand every row of a JSON Lines file to `assembly`.

    Args:
        path: a UTF-8 file, with or without BOM; blank lines do not count.
        columns: the field for each of order, time, sku, quantity and maybe client; empty for
            a file of whole orders.
        assembly: takes the rows.

    Raises:
        ReplayError: `columns` names some of the fields, but not all that are needed.
        OSError: the file cannot be read.
    """
    take = _taking_rows(columns, assembly) if columns else _taking_orders(assembly)
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = (line.removeprefix(BOM_UTF8) if number == 1 else line).strip()
            if len(text) > MAX_LINE:
                assembly.refuse(number, f"a line of more than {MAX_LINE:,} bytes")
            elif text:
                _take_or_refuse(take, number, text, assembly)


def _take_or_refuse(take: _Take, number: int, text: bytes, assembly: Assembly) -> None:
    try:
        take(number, text)
    except UnicodeDecodeError:
        assembly.refuse(number, "not UTF-8 text")
    except RecursionError:
        assembly.refuse(number, "nested too deeply")
    except msgspec.ValidationError as error:
        assembly.refuse(number, f"not an order: {error}")
    except msgspec.DecodeError as error:
        assembly.refuse(number, f"not JSON: {error}")


def _taking_orders(assembly: Assembly) -> _Take:
    decode = msgspec.json.Decoder(_WholeOrder).decode

    def take(number: int, text: bytes) -> None:
        try:
            order = decode(text)
        except msgspec.ValidationError as error:
            raise msgspec.ValidationError(f"{error}; a log of rows needs `columns`") from None
        for line in order.lines:
            assembly.add(
                number,
                order.id,
                order.client or "",
                order.placed_s,
                line.sku,
                line.quantity,
                order.kind,
                order.priority,
            )

    return take


def _taking_rows(columns: Mapping[str, str], assembly: Assembly) -> _Take:
    unnamed = [key for key in ("order", "time", "sku", "quantity") if key not in columns]
    if unnamed:
        raise ReplayError("columns", f"say which field is the {', the '.join(unnamed)}")
    order, time, sku = columns["order"], columns["time"], columns["sku"]
    quantity, client = columns["quantity"], columns.get("client", "")
    decode = msgspec.json.Decoder(dict[str, object]).decode

    def take(number: int, text: bytes) -> None:
        row = decode(text)
        assembly.add(
            number,
            _text(row.get(order)),
            _text(row.get(client)) if client else "",
            _text(row.get(time)),
            _text(row.get(sku)),
            row.get(quantity),
        )

    return take


def _text(value: object) -> str:
    """A name or time as text: numbers are names too; nothing else is one."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
