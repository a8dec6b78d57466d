"""The rows of a CSV log, as they stand in the file; a row that cannot be read costs itself only."""

from __future__ import annotations

import csv
from collections import deque
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TextIO

from actors.scenario.nearest import did_you_mean
from actors.scenario.recorded.recording import ReplayError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from actors.scenario.recorded.rows_to_orders import Assembly

__all__ = ["MAX_LINE", "read_csv"]

MAX_LINE: Final = 256 * 1024  # characters
MAX_ROW_LINES: Final = 20  # a quoted text may run over several lines
MAX_LISTED: Final = 20  # names of a header in a message

COLUMNS: Final = ("order", "client", "time", "sku", "quantity")  # as Assembly.add takes them


class _Lines:
    """A text file's lines, handed to the CSV reader one by one.

    A quote that is never closed would take the rows after it along; so the lines of the row
    in hand are kept, and all but the first can be handed out again.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self.first = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._row) == MAX_ROW_LINES:
            raise csv.Error("a quote is not closed")
        line = self._again.popleft() if self._again else next(self._file)
        self._row.append(line)
        return line

    def begin_row(self) -> None:
        """The next line is the first of a row; `first` is its number."""
        self.first += len(self._row)
        self._row = []

    def read_again(self) -> None:
        """The row in hand was its first line only; what followed it comes again."""
        self._again.extendleft(reversed(self._row[1:]))
        del self._row[1:]

    def flaw(self) -> str:
        """What is wrong with the text of the row in hand, or nothing."""
        for line in self._row:
            if len(line) > MAX_LINE:
                return f"a line of more than {MAX_LINE:,} characters"
            if not (line.isascii() or _is_utf8(line)):
                return "not UTF-8 text"
            if "\0" in line:
                return "a NUL byte"
        return ""


def _is_utf8(line: str) -> bool:
    """Whether no byte of the line had to be smuggled in as a surrogate."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_csv(path: Path, columns: Mapping[str, str], assembly: Assembly) -> None:
    """Hand every row of a CSV file with a header to `assembly`.

    Args:
        path: a UTF-8 file, with or without BOM.
        columns: the header's name for each of order, time, sku, quantity and maybe client.
        assembly: takes the rows.

    Raises:
        ReplayError: the file is no CSV text, or its header lacks a column.
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines)
        header = _header(reader, lines)
        places = _places(header, columns)
        width = len(header)
        pick = itemgetter(*(places.get(key, width) for key in COLUMNS))
        for row in _rows(reader, lines, width, assembly):
            row.append("")  # stands at index `width`, for a client that no column names
            assembly.add(lines.first, *pick(row))


def _rows(
    reader: Iterator[list[str]], lines: _Lines, width: int, assembly: Assembly
) -> Iterator[list[str]]:
    """Each row of `width` columns, while its lines are in hand; the others are refused here."""
    while True:
        lines.begin_row()
        why, row = "", None
        try:
            row = next(reader, None)
        except csv.Error as error:
            why = f"not CSV: {error}"
        if row is None and not why:
            return
        why = why or lines.flaw()
        if row and len(row) != width and not why:
            why = f"{len(row)} columns, where the header has {width}"
        if why:
            assembly.refuse(lines.first, why)
            lines.read_again()
        elif row:
            yield row


def _header(reader: Iterator[list[str]], lines: _Lines) -> list[str]:
    row: list[str] | None = []
    try:
        while row is not None and not row:
            lines.begin_row()
            row = next(reader, None)
    except csv.Error as error:
        raise ReplayError("file", f"its header is not CSV: {error}") from None
    if row is None:
        raise ReplayError("file", "there is nothing in it")
    if flaw := lines.flaw():
        raise ReplayError("file", f"its header cannot be read: {flaw}")
    return [name.strip() for name in row]


def _places(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """The index of each column that is named."""
    unnamed = [key for key in COLUMNS if key not in columns and key != "client"]
    if unnamed:
        raise ReplayError("columns", f"say which column is the {', the '.join(unnamed)}")
    names = {key: columns[key].strip() for key in COLUMNS if key in columns}
    missing = [name for name in names.values() if header.count(name) != 1]
    if missing:
        raise ReplayError("columns", "; ".join(_lament(name, header) for name in missing))
    return {key: header.index(name) for key, name in names.items()}


def _lament(name: str, header: list[str]) -> str:
    if name in header:
        return f"the header has {name!r} {header.count(name)} times"
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        return f"the header has no {name!r}: its columns are not separated by commas"
    guess = did_you_mean(name, header)
    listed = ", ".join(header[:MAX_LISTED]) + (", …" if len(header) > MAX_LISTED else "")
    return f"the header has no {name!r}{guess or f', only {listed}'}"
