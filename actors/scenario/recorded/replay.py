"""Replay: the orders of a recorded log, CSV or JSON Lines, placed again at their own times.

Every row is either part of an order or refused with its line number; what a file holds never
raises anything but `ReplayError`, and that only when there is nothing to replay.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final, Protocol

from actors.scenario.recorded.csv_rows import read_csv
from actors.scenario.recorded.json_rows import read_json_lines
from actors.scenario.recorded.recording import RecordedOrder, Recording, ReplayError
from actors.scenario.recorded.rows_to_orders import Assembly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["RecordedOrder", "Recording", "ReplayError", "ReplaySource", "read_recording"]

MAX_BYTES: Final = 256 * 1024**2


class ReplaySource(Protocol):
    """What a scenario says about a log.

    Attributes:
        file: a `.csv`, `.jsonl` or `.ndjson` file.
        columns: the file's own names for order, time, sku, quantity and, where it has one,
            client; empty for a file that `--orders` wrote.
        compress: how many times faster than recorded the orders come, above 0.
    """

    @property
    def file(self) -> Path: ...  # noqa: D102 - described above

    @property
    def columns(self) -> Mapping[str, str]: ...  # noqa: D102 - described above

    @property
    def compress(self) -> float: ...  # noqa: D102 - described above


def read_recording(source: ReplaySource, group: str) -> Recording:
    """The orders of the log that a scenario names.

    Rows of one order id, wherever they stand, are one order at the earliest of their times.
    An order of only negative quantities from a client is a return.

    Args:
        source: the file and how to read it.
        group: the client of orders without one.

    Raises:
        ReplayError: the file cannot be read, lacks a column or has no usable row.
    """
    name = source.file.name
    try:
        read = _reader(source.file)
        assembly = Assembly(group, source.compress)
        read(source.file, source.columns, assembly)
        return assembly.finish()
    except ReplayError as error:
        raise ReplayError(error.key, f"{name}: {error}") from None
    except OSError as error:
        raise ReplayError("file", f"{name}: {error.strerror}") from None


def _reader(file: Path) -> Callable[[Path, Mapping[str, str], Assembly], None]:
    """The reader for this kind of file, once the file is known to be one of decent size."""
    read = _READERS.get(file.suffix.lower())
    if read is None:
        raise ReplayError("file", f"a log is a {', '.join(_READERS)} file")
    if "\0" in str(file):
        raise ReplayError("file", "a file's name cannot hold a NUL character")
    found = file.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ReplayError("file", "it is not a file but a folder or a device")
    if found.st_size > MAX_BYTES:
        raise ReplayError("file", f"over {MAX_BYTES // 1024**2} MiB: replay a part of it")
    return read


_READERS: Final = {".csv": read_csv, ".jsonl": read_json_lines, ".ndjson": read_json_lines}
