"""The files a run writes: checked before it begins, never half-written, never over an input."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from actors.errors import UsageError
from actors.measure.result import Result, to_json
from actors.scenario.loader import LoadedScenario

__all__ = ["check_outputs", "open_orders", "write_json"]


def check_outputs(json_file: str | None, orders: str | None, loaded: LoadedScenario) -> None:
    """See to it that what the run will write can be written.

    Raises:
        UsageError: a path is a directory, its folder is missing or closed to us, it is one of
            the scenario's own files, or both flags name the same file.
    """
    files = {"--json": json_file, "--orders": orders}
    for flag, file in files.items():
        if file is not None and not (flag == "--json" and file == "-"):
            _check_path(flag, Path(file), loaded)
    if orders == "-":
        raise UsageError("--orders - is not possible: stdout is the summary's; name a file")
    if json_file and orders and Path(json_file).resolve() == Path(orders).resolve():
        raise UsageError(f"--json and --orders both name {json_file}: they need two files")


def _check_path(flag: str, path: Path, loaded: LoadedScenario) -> None:
    try:
        resolved = path.resolve()
        if resolved in loaded.inputs():
            raise UsageError(f"{flag} {path} would overwrite a file that the scenario reads")
        if path.is_dir():
            raise UsageError(f"{flag} {path} is a directory: name a file in it")
        if not resolved.parent.is_dir():
            raise UsageError(f"{flag} {path}: there is no folder {path.parent}: make it first")
        writable = os.access(path if path.exists() else resolved.parent, os.W_OK)
    except (OSError, ValueError) as error:
        raise UsageError(f"{flag} {path}: {error}") from error
    if not writable:
        raise UsageError(f"{flag} {path} cannot be written: permission denied")


def open_orders(path: str) -> BinaryIO:
    """Open the file for ended orders.

    Raises:
        UsageError: it cannot be opened.
    """
    try:
        return Path(path).open("wb")
    except OSError as error:
        raise UsageError(f"--orders {path} cannot be written: {error.strerror}") from error


def write_json(path: str, result: Result) -> None:
    """Write the result whole or not at all; `-` is standard output.

    Raises:
        UsageError: it cannot be written after all.
    """
    text = to_json(result)
    if path == "-":
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(text)  # a pipe or a device such as /dev/stdout cannot be replaced
        else:
            _replace(target.resolve(), text)
    except OSError as error:
        raise UsageError(f"--json {path} cannot be written: {error.strerror}") from error


def _replace(target: Path, text: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(draft, 0o666 & ~umask)  # mkstemp makes files that only their owner can read
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
