"""The files a run writes: checked before it begins, never half-written, never over an input."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from actors.common.whole_files import write_whole
from actors.errors import UsageError
from actors.measure.result import to_json
from actors.scenario.loader import LoadedScenario

__all__ = ["OrdersFile", "check_outputs", "write_json"]


def check_outputs(json_file: str | None, orders: str | None, loaded: LoadedScenario) -> None:
    """See to it that what the run will write can be written.

    Raises:
        UsageError: a path is empty or a directory, its folder is missing or closed to us, it is
            one of the scenario's own files, or both flags name the same file.
    """
    if orders == "-":
        raise UsageError("--orders - is not possible: stdout is the summary's; name a file")
    if json_file is not None and json_file != "-":
        _check_path("--json", json_file, loaded)
    if orders is not None:
        _check_path("--orders", orders, loaded)
    if json_file and orders and Path(json_file).resolve() == Path(orders).resolve():
        raise UsageError(f"--json and --orders both name {json_file}: they need two files")


def _check_path(flag: str, file: str, loaded: LoadedScenario) -> None:
    if not file:
        raise UsageError(f"{flag} needs the name of a file")
    path = Path(file)
    try:
        resolved = path.resolve()
        if resolved in loaded.inputs():
            raise UsageError(f"{flag} {file} would overwrite a file that the scenario reads")
        if path.is_dir() or file.endswith(os.sep):
            raise UsageError(f"{flag} {file} is a folder: name a file in it")
        if not resolved.parent.is_dir():
            raise UsageError(f"{flag} {file}: there is no folder {path.parent}: make it first")
        # A result replaces the file, so that nobody reads half of it: the folder has to be open.
        target = resolved.parent if flag == "--json" and path.is_file() else resolved
        writable = os.access(target if target.exists() else resolved.parent, os.W_OK)
    except (OSError, ValueError) as error:
        raise UsageError(f"{flag} {file}: {_why(error)}") from error
    if not writable:
        raise UsageError(f"{flag} {file} cannot be written: permission denied")


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


class OrdersFile:
    """The file for ended orders, open as long as the `with` block lasts.

    What an earlier run wrote stays until `begin`: a run that cannot begin destroys nothing, and
    leaves no file that was not there before. A failure to write the last of it is kept in
    `failure`.

    Raises:
        UsageError: the file cannot be opened.
    """

    def __init__(self, name: str) -> None:
        self._path = Path(name)
        self._made = not self._path.exists()
        self.failure: OSError | None = None
        try:
            self.stream: BinaryIO = self._path.open("ab")
        except OSError as error:
            raise UsageError(f"--orders {name} cannot be written: {error.strerror}") from error

    def begin(self) -> None:
        """Empty the file, unless it is a pipe or a device."""
        self._made = False
        if stat.S_ISREG(os.fstat(self.stream.fileno()).st_mode):
            self.stream.truncate(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stream.close()
        except OSError as failure:
            self.failure = failure
        if self._made:
            self._path.unlink()


def write_json(path: str, result: msgspec.Struct) -> None:
    """Write the result whole or not at all; `-` is standard output.

    Raises:
        OSError: it cannot be written after all.
    """
    text = to_json(result)
    target = Path(path)
    if path == "-":
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    elif target.exists() and not target.is_file():
        target.write_bytes(text)  # a pipe or a device such as /dev/stdout cannot be replaced
    else:
        write_whole(target.resolve(), text)
